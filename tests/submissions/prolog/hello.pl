% expect: Accepted
% stdout: Hello, world!\n
:- initialization(main).

main :- writeln('Hello, world!').
