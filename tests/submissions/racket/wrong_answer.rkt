; expect: WrongAnswer
; expected: 42\n
; reason-contains: line 1
#lang racket
(displayln 41)
