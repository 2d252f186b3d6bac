% expect: Accepted
% stdin: 20\n22\n
% expected: 42\n
-module(main).
-export([main/0]).
number() -> list_to_integer(string:trim(io:get_line(""))).
main() -> io:format("~w~n", [number() + number()]).
