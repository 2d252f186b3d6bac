%% erl -run gavel_build main OUTPUT ENTRY SOURCE...: compiles every source into memory and writes the modules into one file, which
%% gavel_run.erl loads. A source may have any name, whatever its module is called.
-module(gavel_build).
-export([main/1]).

-define(BEGINNINGS, [{main, 0}, {main, 1}, {start, 0}]).

main([Output, Entry | Sources]) ->
    Compiled = [{Source, compile(Source)} || Source <- Sources],
    case [Source || {Source, error} <- Compiled] of
        [] -> write(Output, begins(Entry, Compiled), [Module || {_, Module} <- Compiled]);
        _ -> halt(1)
    end.

compile(Source) ->
    Options = [binary, report, debug_info, no_error_module_mismatch],
    Compiled =
        case script(Source) of
            false -> compile:file(Source, Options);
            Forms -> compile:forms(Forms, [{source, Source} | Options])
        end,
    case Compiled of
        {ok, Module, Code} -> loadable(Source, Module, Code);
        error -> error
    end.

%% Modules of the runtime itself stay what they are.
loadable(Source, Module, Code) ->
    case code:is_sticky(Module) of
        false ->
            {Module, Code};
        true ->
            io:format("~ts:1: the module ~ts is one of Erlang's own: it needs another name~n", [Source, Module]),
            error
    end.

%% The forms of a source that `escript` would run: one that begins with `#!` or names no module. It needs to export nothing.
script(Source) ->
    {ok, File} = file:open(Source, [read]),
    {Shebang, Line} = begins_with_shebang(File),
    Macros = [{'MODULE', name(Source), redefine}, {'MODULE_STRING', atom_to_list(name(Source)), redefine}],
    {ok, Preprocessor} = epp:open([{fd, File}, {name, Source}, {location, {Line, 1}}, {includes, ["."]}, {macros, Macros}]),
    [Place | Rest] = Forms = forms(Preprocessor),
    ok = epp:close(Preprocessor),
    ok = file:close(File),
    case [Module || {attribute, _, module, Module} <- Forms] of
        [] -> exporting([Place, {attribute, 1, module, name(Source)} | Rest]);
        _ when Shebang -> exporting(Forms);
        _ -> false
    end.

%% Whether it does, which is behind the file then, and the number of the next line.
begins_with_shebang(File) ->
    case file:read_line(File) of
        {ok, "#!" ++ _} ->
            {true, 2};
        _ ->
            {ok, 0} = file:position(File, bof),
            {false, 1}
    end.

forms(Preprocessor) ->
    case epp:parse_erl_form(Preprocessor) of
        {ok, Form} -> [Form | forms(Preprocessor)];
        {eof, Where} -> [{eof, Where}];
        Fault -> [Fault | forms(Preprocessor)]
    end.

name(Source) ->
    list_to_atom(filename:basename(filename:rootname(Source))).

%% With the export of what a program may begin with.
exporting(Forms) ->
    Exported = [Function || {attribute, _, export, Functions} <- Forms, Function <- Functions],
    Missing = [{Name, Arity} || {function, _, Name, Arity, _} <- Forms, lists:member({Name, Arity}, ?BEGINNINGS)] -- Exported,
    lists:flatmap(
        fun
            ({attribute, _, module, _} = Form) -> [Form, {attribute, 1, export, Missing}];
            (Form) -> [Form]
        end,
        Forms
    ).

%% The function that the program begins with.
begins(Entry, Compiled) ->
    {Module, Code} = proplists:get_value(Entry, Compiled),
    {ok, {Module, [{exports, Exports}]}} = beam_lib:chunks(Code, [exports]),
    case [Function || Function <- ?BEGINNINGS, lists:member(Function, Exports)] of
        [{Name, 0} | _] -> {Module, Name, []};
        [{Name, 1} | _] -> {Module, Name, [[]]};
        [] ->
            io:format("~ts:1: the program begins with main/0, main/1 or start/0: one of them must be exported~n", [Entry]),
            halt(1)
    end.

write(Output, Begin, Modules) ->
    ok = file:write_file(Output, term_to_binary({Begin, Modules})),
    halt(0).
