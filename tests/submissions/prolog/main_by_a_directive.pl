% expect: Accepted
% expected: once\n
main :- writeln(once).

:- main.
