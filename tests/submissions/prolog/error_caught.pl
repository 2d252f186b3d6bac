% expect: Accepted
% stdout: caught\n
:- initialization(main).

main :- catch(_ is foo + 1, error(type_error(_, _), _), true), writeln(caught).
