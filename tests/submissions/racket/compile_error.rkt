; expect: CompileError
; log-contains: main.rkt:5:0
; log-lacks: context...
#lang racket
(displayln (+ 1 2)
