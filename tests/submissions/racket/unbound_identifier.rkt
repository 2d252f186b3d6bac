; expect: CompileError
; log-contains: main.rkt:4:16: y: unbound identifier
#lang racket
(displayln (+ 1 y))
