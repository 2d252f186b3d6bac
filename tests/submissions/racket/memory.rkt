; expect: MemoryLimitExceeded
; limits: memory_bytes=134217728 cpu_ms=4000
#lang racket
(let loop ([kept (list)]) (loop (cons (make-vector 100000 1) kept)))
