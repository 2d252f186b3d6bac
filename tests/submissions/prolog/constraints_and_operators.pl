% expect: Accepted
% file: likes.pl :- module(likes, [op(700, xfx, likes), likes/2]).\nanna likes tea.\n
% expected: [2,3,4] tea on\n
% entry-point: constraints_and_operators.pl
:- use_module(library(clpfd)).
:- use_module(likes).
:- op(200, xfy, ==>).
:- initialization(main).

lamp ==> on.

main :-
    length(Numbers, 3), Numbers ins 1..4, sum(Numbers, #=, 9), chain(Numbers, #<), label(Numbers),
    anna likes What,
    lamp ==> State,
    format("~w ~w ~w~n", [Numbers, What, State]).
