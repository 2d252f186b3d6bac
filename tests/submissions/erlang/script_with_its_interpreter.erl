% expect: RuntimeError
% reason-contains: no match of right hand side value
% reason-contains: sum.escript line 5
% stdout: 42\n
% file: sum.escript #!/usr/bin/env escript\n%% -*- erlang -*-\n%%! -smp disable\n-module(sum).\nmain(_) -> io:format("~w~n", [prices:total(20, 22)]), 1 = 2 + length([]).\n
% entry-point: sum.escript
-module(prices).
-export([total/2]).
total(A, B) -> A + B.
