% Loaded before every program, and cheap until it fails: an exception that nobody catches is told with the lines that led there,
% and a goal of `initialization` that is false is an error.

:- multifile user:message_hook/3, prolog:prolog_exception_hook/5.
:- dynamic user:message_hook/3, prolog:prolog_exception_hook/5.

% The library that knows the lines takes a program's start-up time again to load: only for the first exception that ends one. A
% program that is out of memory has none for it.
prolog:prolog_exception_hook(error(Error, Context), Told, Frame, Catcher, Debug) :-
    \+ current_prolog_flag(gavel_backtrace, true),
    Error \= resource_error(_),
    ends_the_program(Catcher),
    set_prolog_flag(gavel_backtrace, true),
    use_module(library(prolog_stack), []),
    prolog:prolog_exception_hook(error(Error, Context), Told, Frame, Catcher, Debug).

ends_the_program(none) :- !.
ends_the_program(Catcher) :-
    integer(Catcher),
    prolog_frame_attribute(Catcher, predicate_indicator, system:catch_with_backtrace/3).

% With no more than the warning that it is by itself, a program that has failed would have done well.
user:message_hook(initialization_failure(Goal, File:Line), warning, _) :-
    print_message(error, format("~w:~w: initialization goal is false: ~p", [File, Line, Goal])).
user:message_hook(init_goal_failed(failed, @(Goal, File:Line)), _, _) :-
    print_message(error, format("~w:~w: initialization goal is false: ~p", [File, Line, Goal])).

% A program whose directives call nothing of its own begins at main/0.
:- multifile user:term_expansion/2.
:- dynamic user:term_expansion/2, gavel_directive/1.

user:term_expansion((:- Directive), _) :- gavel_note(Directive).
user:term_expansion((?- Directive), _) :- gavel_note(Directive).

% Fails: directives stay as they are.
gavel_note(Directive) :-
    source_location(File, _),
    sub_atom(File, 0, _, _, '/w/'),
    assertz(gavel_directive(Directive)),
    fail.

gavel_begin :-
    gavel_directive(Directive),
    gavel_calls(Directive),
    !.
gavel_begin :-
    gavel_own(main),
    \+ main,
    !,
    print_message(error, format("main is false", [])),
    halt(1).
gavel_begin.

gavel_calls(Term) :- var(Term), !, fail.
gavel_calls(_/_) :- !, fail.
gavel_calls(initialization(_)) :- !.
gavel_calls(initialization(_, _)) :- !.
gavel_calls(Term) :- callable(Term), gavel_own(Term), !.
gavel_calls(Term) :- compound(Term), arg(_, Term, Part), gavel_calls(Part), !.

gavel_own(Goal) :-
    predicate_property(user:Goal, file(File)),
    sub_atom(File, 0, _, _, '/w/').
