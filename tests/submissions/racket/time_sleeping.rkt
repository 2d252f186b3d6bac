; expect: TimeLimitExceeded
; limits: cpu_ms=600 wall_ms=1500
; reason-contains: on the clock
#lang racket
(sleep 30)
