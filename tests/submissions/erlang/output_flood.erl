% expect: OutputLimitExceeded
-module(main).
-export([main/0]).
main() -> io:put_chars(lists:duplicate(65536, $x)), main().
