% expect: WrongAnswer
% stdin: 20.\n22.\n
% expected: 42\n
% reason-contains: line 1
:- initialization(main).

main :- read(A), read(B), C is A - B, writeln(C).
