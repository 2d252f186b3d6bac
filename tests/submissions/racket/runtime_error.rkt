; expect: RuntimeError
; reason-contains: vector-ref: index is out of range
; reason-contains: main.rkt line 6
#lang racket
(define (f v) (+ 1 (vector-ref v 7)))
(displayln (f (vector 1 2 3)))
