; expect: Accepted
; expected: 42\n
; file: shop/prices.rkt #lang racket\n(provide total)\n(define (total a b) (+ a b))\n
; entry-point: package.rkt
#lang racket
(require "shop/prices.rkt")
(displayln (total 20 22))
