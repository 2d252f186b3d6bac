; expect: TimeLimitExceeded
; limits: cpu_ms=400
; max-wall-ms: 3000
(loop (sb-alien:alien-funcall (sb-alien:extern-alien "fork" (function sb-alien:int))))
