% expect: CompileError
% log-contains: main.erl:6:
-module(main).
-export([main/0]).
main() ->
  foo(.
