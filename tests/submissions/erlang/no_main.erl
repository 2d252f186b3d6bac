% expect: CompileError
% log-contains: one of them must be exported
-module(main).
-export([other/0]).
other() -> ok.
