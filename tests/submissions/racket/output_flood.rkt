; expect: OutputLimitExceeded
#lang racket
(let loop () (write-string (make-string 65536 #\x)) (loop))
