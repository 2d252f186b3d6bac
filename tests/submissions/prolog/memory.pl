% expect: MemoryLimitExceeded
% limits: memory_bytes=134217728 cpu_ms=4000
:- initialization(main).

main :- grow([]).

grow(L) :- length(M, 10000), grow([M|L]).
