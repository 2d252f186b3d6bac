; expect: Accepted
; stdout: refused\n
#lang racket
(displayln (with-handlers ([exn:fail:filesystem? (lambda (e) "refused")]) (call-with-input-file "/proc/1/environ" read-char)))
