% expect: TimeLimitExceeded
% limits: cpu_ms=400
% max-wall-ms: 3000
:- initialization(main).
:- use_module(library(unix)).

main :- repeat, catch(fork(_), _, true), fail.
