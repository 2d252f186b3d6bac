; expect: Accepted
; stdin: grüße, 世界\n
; expected: 界世 ,eßürg\n
#lang racket
(displayln (list->string (reverse (string->list (read-line)))))
