% expect: RuntimeError
% exit-code: 1
% reason-contains: no_price, main.erl line 7
-module(main).
-export([main/0]).
main() ->
    spawn_link(fun() -> error(no_price) end),
    timer:sleep(10000).
