; expect: Accepted
; expected: child\nparent\n
#lang racket
(require racket/system)
(void (system "echo child"))
(displayln "parent")
