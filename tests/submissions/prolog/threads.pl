% expect: Accepted
% expected: 4\n
:- initialization(main).

:- dynamic done/1.

main :-
    findall(T, (between(1, 4, N), thread_create(assertz(done(N)), T)), Threads),
    maplist(thread_join, Threads),
    aggregate_all(count, done(_), Count),
    writeln(Count).
