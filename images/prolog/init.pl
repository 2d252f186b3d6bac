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
