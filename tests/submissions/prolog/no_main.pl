% expect: RuntimeError
% reason-contains: Unknown procedure: main/
:- initialization(main).

mian :- writeln(hello).
