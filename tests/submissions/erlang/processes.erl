% expect: Accepted
% expected: 10000\n
-module(main).
-export([main/0]).
main() ->
    Self = self(),
    [spawn(fun() -> Self ! 1 end) || _ <- lists:seq(1, 10000)],
    io:format("~w~n", [lists:sum([receive N -> N end || _ <- lists:seq(1, 10000)])]).
