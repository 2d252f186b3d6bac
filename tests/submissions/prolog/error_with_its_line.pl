% expect: RuntimeError
% stdout: before\n
% reason-contains: evaluation error: `zero_divisor', main.pl line 8
:- initialization(main).

main :-
    writeln(before),
    divided(6, X),
    writeln(X).

divided(A, B) :- B is A / 0.
