% expect: RuntimeError
% reason-contains: no match of right hand side value
% reason-contains: main.erl line 8
-module(main).
-export([main/0]).
main() -> f(1).
f(X) ->
    2 = X,
    ok.
