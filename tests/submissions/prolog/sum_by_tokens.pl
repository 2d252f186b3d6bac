% expect: Accepted
% stdin:  20.\n\n 22. 
% expected: 42\n
:- initialization(main).

main :- read(A), read(B), C is A + B, writeln(C).
