% expect: Accepted
% expected: from the file\n
% file: data/note.txt from the file\n
% entry-point: files.erl
-module(main).
-export([main/0]).
main() ->
    {ok, Text} = file:read_file("data/note.txt"),
    io:put_chars(Text).
