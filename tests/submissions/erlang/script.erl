% expect: Accepted
% arguments: ["20", "22"]
% expected: 42\n
% A script, as `escript` takes it: no module is named, and nothing is exported.

main(Words) ->
    main = ?MODULE,
    io:format("~w~n", [lists:sum([list_to_integer(Word) || Word <- Words])]).
