% expect: Accepted
% stdin: grüße, 世界\n
% expected: 界世 ,eßürg\n
-module(main).
-export([main/0]).
main() -> io:format("~ts~n", [lists:reverse(string:trim(io:get_line("")))]).
