% expect: MemoryLimitExceeded
:- initialization(main).

f(N, S) :- M is N + 1, f(M, T), S is T + 1.

main :- f(0, S), writeln(S).
