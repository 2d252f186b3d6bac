% expect: RuntimeError
% reason-contains: evaluation error: `zero_divisor', main.pl line 5
main :- divided(6, X), writeln(X).

divided(A, B) :- B is A / 0, writeln(B).
