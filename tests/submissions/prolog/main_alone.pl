% expect: Accepted
% arguments: ["20", "22"]
% expected: 42\n
% Directives that run nothing of the program leave its beginning to main/0.
:- dynamic main/0.
:- prompt(_, '').
:- use_module(library(lists)).

main :-
    current_prolog_flag(argv, Words),
    maplist(atom_number, Words, Numbers),
    sum_list(Numbers, Sum),
    writeln(Sum).
