; expect: Accepted
; stdin: 20\n22\n
; expected: 42\n
#lang racket
(define (number) (string->number (read-line)))
(displayln (+ (number) (number)))
