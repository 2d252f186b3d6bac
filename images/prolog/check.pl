% Reads every term of each source that is named, and runs none. What is wrong is told with its line.
:- initialization(main, main).

main(Names) :-
    maplist(check, Names, Results),
    (   memberchk(bad, Results)
    ->  halt(1)
    ;   halt(0)
    ).

check(Name, Result) :-
    setup_call_cleanup(open(Name, read, Stream), terms(Stream, Name, good, Result), close(Stream)).

terms(Stream, Name, Before, Result) :-
    catch(read_term(Stream, Term, [syntax_errors(error)]), Error, true),
    (   nonvar(Error)
    ->  tell(Name, Error),
        terms(Stream, Name, bad, Result)
    ;   Term == end_of_file
    ->  Result = Before
    ;   terms(Stream, Name, Before, Result)
    ).

tell(Name, error(syntax_error(What), Where)) :-
    !,
    (   Where = stream(_, Line, _, _) ; Where = file(_, Line, _, _) ; Line = 1 ),
    !,
    format("~w:~w: syntax error: ~w~n", [Name, Line, What]).
tell(Name, Error) :-
    format("~w: ~w~n", [Name, Error]).
