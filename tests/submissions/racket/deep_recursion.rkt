; expect: Accepted
; expected: 5000050000\n
#lang racket
(define (depth n) (if (= n 0) 0 (+ n (depth (- n 1)))))
(displayln (depth 100000))
