; expect: Accepted
; expected: 42\n
; file: shop.rkt #reader(lib "htdp-beginner-reader.ss" "lang")((modname shop) (read-case-sensitive #t) (teachpacks ()) (htdp-settings #(#t constructor repeating-decimal #f #t none #f () #f)))\n(define (total a b) (+ a b))\n(check-expect (total 1 2) 3)\n(total 20 22)\n
; entry-point: shop.rkt
; What DrRacket saves of a student's language.
#lang racket/base
