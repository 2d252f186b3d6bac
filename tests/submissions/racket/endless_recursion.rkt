; expect: MemoryLimitExceeded
; limits: memory_bytes=134217728 cpu_ms=6000
#lang racket
(define (f n) (+ 1 (f (+ n 1))))
(displayln (f 0))
