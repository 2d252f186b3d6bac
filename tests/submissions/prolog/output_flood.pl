% expect: OutputLimitExceeded
:- initialization(main).

main :-
    length(Letters, 4096),
    maplist(=(x), Letters),
    atomic_list_concat(Letters, Line),
    repeat,
    writeln(Line),
    fail.
