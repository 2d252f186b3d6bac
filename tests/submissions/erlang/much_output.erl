% expect: Accepted
% stdout-size: 1000000
-module(main).
-export([main/0]).
main() -> [io:format("~s", [lists:duplicate(99, $x) ++ "\n"]) || _ <- lists:seq(1, 10000)].
