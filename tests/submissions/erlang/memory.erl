% expect: MemoryLimitExceeded
% limits: memory_bytes=134217728 cpu_ms=4000
-module(main).
-export([main/0]).
main() -> grow([]).
grow(L) -> grow([lists:seq(1, 100000) | L]).
