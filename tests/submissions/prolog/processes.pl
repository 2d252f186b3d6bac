% expect: Accepted
% expected: child\nparent\n
:- initialization(main).

main :- shell('echo child'), writeln(parent).
