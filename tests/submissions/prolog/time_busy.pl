% expect: TimeLimitExceeded
% limits: cpu_ms=300
% reason-contains: CPU
:- initialization(main).

main :- repeat, fail.
