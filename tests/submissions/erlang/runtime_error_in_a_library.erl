% expect: RuntimeError
% reason-contains: , main.erl line 6
-module(main).
-export([main/0]).
main() ->
    io:format("~w~n", [list_to_integer("x") + 1]).
