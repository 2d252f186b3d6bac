% expect: MemoryLimitExceeded
% reason-contains: perhaps by an endless or too deep recursion
:- initialization(main).

f(N, S) :- M is N + 1, f(M, T), S is T + 1.

main :- f(0, S), writeln(S).
