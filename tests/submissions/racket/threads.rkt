; expect: Accepted
; expected: 4\n
#lang racket
(define counts (for/list ([i 4]) (let ([c (make-channel)]) (thread (lambda () (channel-put c 1))) c)))
(displayln (apply + (map channel-get counts)))
