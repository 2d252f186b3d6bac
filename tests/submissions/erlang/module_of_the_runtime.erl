% expect: CompileError
% log-contains: the module lists is one of Erlang's own
-module(lists).
-export([main/0]).
main() -> ok.
