; expect: Accepted
; stdout: bounded\nover\n
; The shell may find no process for a program of its own.
#lang racket
(require racket/system)
(void (system "f() { f | f & }; (f) 2>e; until read l <e; do :; done; echo bounded"))
(displayln "over")
