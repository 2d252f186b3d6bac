% expect: Accepted
% arguments: ["-v", "two words", "--help", "", "x"]
% stdout: [-v][two words][--help][][x]
-module(arguments).
-export([main/1]).
main(Words) -> [io:format("[~ts]", [Word]) || Word <- Words].
