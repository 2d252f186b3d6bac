% expect: RuntimeError
% reason-contains: the module main is not loaded
-module(main).
-export([main/0]).
-on_load(prepare/0).

prepare() -> {error, "no table"}.

main() -> io:format("never~n").
