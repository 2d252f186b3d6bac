; expect: Accepted
; stdout: over\n
#lang racket
(require racket/system)
(void (system "f() { f | f & }; (f) 2>/dev/null; sleep 0.3"))
(displayln "over")
