% expect: Accepted
% stdin:  20\n\n 22 \n
% expected: 42\n
-module(main).
-export([main/0]).
main() ->
    {ok, [A, B]} = io:fread("", "~d ~d"),
    io:format("~w~n", [A + B]).
