% expect: MemoryLimitExceeded
% limits: memory_bytes=134217728 cpu_ms=6000
-module(main).
-export([main/0]).
main() -> io:format("~w~n", [f(0)]).
f(N) ->
    case get(N) of
        undefined -> 1 + f(N + 1);
        Last -> Last
    end.
