% expect: Accepted
% expected: 5000050000\n
-module(main).
-export([main/0]).
main() -> io:format("~w~n", [depth(100000)]).
depth(0) -> 0;
depth(N) -> N + depth(N - 1).
