% expect: MemoryLimitExceeded
% limits: memory_bytes=134217728 cpu_ms=4000
% reason-contains: more memory was needed than is allowed
:- initialization(main).

main :- grow([]).

grow(L) :- length(M, 10000), grow([M|L]).
