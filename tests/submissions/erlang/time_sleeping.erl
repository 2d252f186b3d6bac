% expect: TimeLimitExceeded
% limits: cpu_ms=600 wall_ms=1500
% reason-contains: on the clock
-module(main).
-export([main/0]).
main() -> timer:sleep(30000).
