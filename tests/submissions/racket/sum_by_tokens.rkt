; expect: Accepted
; stdin:  20\n\n 22 
; expected: 42\n
#lang racket
(displayln (+ (read) (read)))
