; expect: Accepted
; stdout: Hello, world!\n
#lang racket
(displayln "Hello, world!")
