% expect: Accepted
% stdout: 0\n
-module(main).
-export([main/0]).
main() ->
    {ok, Names} = file:list_dir("/proc"),
    Others = [N || N <- Names, string:to_integer(N) =/= {error, no_integer}, N =/= os:getpid()],
    Read = [N || N <- Others, {ok, Text} <- [read(N)], byte_size(Text) > 0],
    io:format("~w~n", [length(Read)]).
% Another process of this program's is the one that starts ports.
read(N) ->
    case file:read_file("/proc/" ++ N ++ "/cmdline") of
        {ok, <<"erl_child_setup", _/binary>>} -> none;
        _ -> environ(N)
    end.
environ(N) -> file:read_file("/proc/" ++ N ++ "/environ").
