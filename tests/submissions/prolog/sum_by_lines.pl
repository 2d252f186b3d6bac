% expect: Accepted
% stdin: 20\n22\n
% expected: 42\n
:- initialization(main).

number_of_line(N) :- read_line_to_string(user_input, S), number_string(N, S).

main :- number_of_line(A), number_of_line(B), C is A + B, writeln(C).
