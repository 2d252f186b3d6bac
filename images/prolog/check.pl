% Reads every term of each source that is named, and runs none. What is wrong is told with its line. Operators are taken in from
% where they are declared: in the source, or by a module that it uses, of which the first term is read.
:- initialization(main, main).

:- dynamic something_runs/0, main_is_there/0.

main(Names) :-
    maplist(check, Names, Results),
    (   memberchk(bad, Results)
    ->  halt(1)
    ;   ( something_runs ; main_is_there )
    ->  halt(0)
    ;   format("nothing is run: a program begins at `main`, or where it says `:- initialization(...).`~n"),
        halt(1)
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
    ;   look(Term, Name),
        terms(Stream, Name, Before, Result)
    ).

look((:- Directive), Name) :- !, directive(Directive, Name).
look((?- _), _) :- !, runs.
look((term_expansion(_, _) :- _), _) :- !, runs.
look((main :- _), _) :- !, begins.
look(main, _) :- !, begins.
look(_, _).

runs :- something_runs, !.
runs :- assertz(something_runs).

begins :- main_is_there, !.
begins :- assertz(main_is_there).

directive(Directive, _) :- var(Directive), !.
directive((One, Other), Name) :- !, directive(One, Name), directive(Other, Name).
directive(op(Priority, Type, Operator), _) :- !, operator(op(Priority, Type, Operator)).
directive(module(_, Exports), _) :- !, operators(Exports).
directive(use_module(File), Name) :- !, exported(File, Name).
directive(use_module(File, _), Name) :- !, exported(File, Name).
directive(ensure_loaded(File), Name) :- !, exported(File, Name).
directive(Directive, _) :- declares(Directive), !.
directive(_, _) :- runs.

declares(Directive) :-
    callable(Directive),
    functor(Directive, Declaration, _),
    memberchk(Declaration, [dynamic, discontiguous, multifile, table, meta_predicate, module_transparent, include,
                            set_prolog_flag, style_check, encoding, public, volatile, thread_local, if, elif, else, endif]).

% Of another module.
exported(File, Name) :-
    (   catch(module_of(File, Name, Exports), _, fail)
    ->  operators(Exports)
    ;   true
    ).

module_of(File, Name, Exports) :-
    file_directory_name(Name, Folder),
    absolute_file_name(File, Path, [file_type(prolog), access(read), file_errors(fail), relative_to(Folder)]),
    setup_call_cleanup(open(Path, read, Stream), first_term(Stream, Term), close(Stream)),
    Term = (:- module(_, Exports)).

first_term(Stream, Term) :-
    read_term(Stream, First, []),
    (   First = (:- encoding(Encoding))
    ->  set_stream(Stream, encoding(Encoding)),
        read_term(Stream, Term, [])
    ;   Term = First
    ).

operators(Exports) :-
    (   is_list(Exports)
    ->  maplist(operator, Exports)
    ;   true
    ).

operator(op(Priority, Type, Operator)) :- !, catch(op(Priority, Type, Operator), _, true).
operator(_).

tell(Name, error(syntax_error(What), Where)) :-
    !,
    (   Where = stream(_, Line, _, _) ; Where = file(_, Line, _, _) ; Line = 1 ),
    !,
    format("~w:~w: syntax error: ~w~n", [Name, Line, What]).
tell(Name, Error) :-
    format("~w: ~w~n", [Name, Error]).
