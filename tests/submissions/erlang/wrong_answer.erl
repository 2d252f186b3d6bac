% expect: WrongAnswer
% expected: 42\n
% reason-contains: line 1
-module(main).
-export([main/0]).
main() -> io:format("41~n").
