% expect: Accepted
% stdout: bounded\n
-module(main).
-export([main/0]).
main() ->
    start(5000),
    io:format("bounded~n").
start(0) -> ok;
start(N) ->
    try open_port({spawn_executable, "/bin/sleep"}, [{args, ["60"]}]) of
        _ -> start(N - 1)
    catch
        error:_ -> ok
    end.
