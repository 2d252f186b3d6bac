%% erl -run build main OUTPUT ENTRY SOURCE...: compiles every source into memory and writes the modules into one file, which
%% run.erl loads. A source may have any name, whatever its module is called.
-module(build).
-export([main/1]).

main([Output, Entry | Sources]) ->
    Compiled = [{Source, compile(Source)} || Source <- Sources],
    case [Source || {Source, error} <- Compiled] of
        [] -> write(Output, begins(Entry, Compiled), [Module || {_, Module} <- Compiled]);
        _ -> halt(1)
    end.

compile(Source) ->
    case compile:file(Source, [binary, report, debug_info, no_error_module_mismatch]) of
        {ok, Module, Code} -> {Module, Code};
        error -> error
    end.

%% The function that the program begins with.
begins(Entry, Compiled) ->
    {Module, Code} = proplists:get_value(Entry, Compiled),
    {ok, {Module, [{exports, Exports}]}} = beam_lib:chunks(Code, [exports]),
    case [Function || Function <- [{main, 0}, {main, 1}, {start, 0}], lists:member(Function, Exports)] of
        [{Name, 0} | _] -> {Module, Name, []};
        [{Name, 1} | _] -> {Module, Name, [[]]};
        [] ->
            io:format("~ts:1: the program begins with main/0, main/1 or start/0: one of them must be exported~n", [Entry]),
            halt(1)
    end.

write(Output, Begin, Modules) ->
    ok = file:write_file(Output, term_to_binary({Begin, Modules})),
    halt(0).
