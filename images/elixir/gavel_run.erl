%% erl -run gavel_run main FILE -extra ARGUMENT...: loads what gavel_build.erl has written and begins. What ends it is told with the lines of its sources.
-module(gavel_run).
-export([main/1]).

main([File]) ->
    {ok, Written} = file:read_file(File),
    {Begin, Modules} = binary_to_term(Written),
    ok = io:setopts(standard_io, [{encoding, unicode}]),
    lists:foreach(fun load/1, Modules),
    %% A process of its own: whoever it is linked to may end it, which is told as what it does itself.
    {Program, Monitor} = spawn_monitor(fun() -> run(Begin, Modules) end),
    receive
        {'DOWN', Monitor, process, Program, {Reason, [{_, _, _, _} | _] = Stack}} -> failed(error, Reason, Stack, Modules);
        {'DOWN', Monitor, process, Program, Reason} -> failed(exit, Reason, [], Modules)
    end.

run({Module, Name, Arguments}, Modules) ->
    try apply(Module, Name, [init:get_plain_arguments() || _ <- Arguments]) of
        _ -> halt(0)
    catch
        Class:Reason:Stack ->
            failed(Class, Reason, lists:takewhile(fun(Frame) -> element(1, Frame) =/= ?MODULE end, Stack), Modules)
    end.

failed(Class, Reason, Stack, Modules) ->
    io:put_chars(standard_error, [erl_error:format_exception(Class, Reason, Stack), $\n, place(Stack, Modules)]),
    halt(1).

%% What a module says with -on_load is called, and the module is there only where that has returned ok.
load({Module, Code}) ->
    case code:load_binary(Module, atom_to_list(Module) ++ ".erl", Code) of
        {module, Module} ->
            ok;
        {error, Why} ->
            Told = "exception error: the module ~ts is not loaded (~ts): what it names with -on_load must return ok~n",
            io:format(standard_error, Told, [Module, Why]),
            halt(1)
    end.

%% Where the program itself was, whatever it had called.
place(Stack, Modules) ->
    Lines = [{proplists:get_value(file, Where), proplists:get_value(line, Where)}
             || {Module, _, _, Where} <- Stack, lists:keymember(Module, 1, Modules)],
    case Lines of
        [{File, Line} | _] -> io_lib:format("at ~ts:~w~n", [File, Line]);
        [] -> []
    end.
