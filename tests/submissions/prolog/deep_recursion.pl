% expect: Accepted
% expected: 5000050000\n
:- initialization(main).

depth(0, 0) :- !.
depth(N, S) :- M is N - 1, depth(M, T), S is T + N.

main :- depth(100000, S), writeln(S).
