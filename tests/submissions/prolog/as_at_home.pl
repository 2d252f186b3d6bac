% expect: Accepted
% stdout: 13:00 differ É\n
:- initialization(main).

main :-
    setenv('TZ', 'Europe/Paris'),
    stamp_date_time(1699963200, Date, local),
    format_time(atom(Clock), '%H:%M', Date),
    random(A), random(B),
    ( A =:= B -> Drawn = same ; Drawn = differ ),
    upcase_atom('é', Letter),
    format("~w ~w ~w~n", [Clock, Drawn, Letter]).
