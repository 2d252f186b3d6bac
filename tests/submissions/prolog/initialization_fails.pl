% expect: RuntimeError
% reason-contains: initialization goal is false: main, main.pl line 3
:- initialization(main).

main :- writeln(here), fail.
