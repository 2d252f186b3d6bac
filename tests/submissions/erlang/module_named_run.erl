% expect: RuntimeError
% reason-contains: bad argument
% reason-contains: main.erl line 6
-module(run).
-export([main/0]).
main() -> length(list()).
list() -> ok.
