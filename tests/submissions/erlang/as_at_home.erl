% expect: Accepted
% stdout: 13:00 true É\n
-module(main).
-export([main/0]).
% Erlang cannot change its own time zone.
main() ->
    Clock = string:trim(os:cmd("TZ=Europe/Paris date -d @1699963200 +%H:%M")),
    io:format("~ts ~p ~ts~n", [Clock, rand:uniform() =/= rand:uniform(), string:uppercase("é")]).
