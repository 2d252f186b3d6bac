% expect: Accepted
% expected: child\n
-module(main).
-export([main/0]).
main() -> io:format("~s", [os:cmd("echo child")]).
