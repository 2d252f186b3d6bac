; expect: Accepted
; expected: 42\n
; file: shop/prices.lisp (defpackage :prices (:use :cl) (:export :total))\n(in-package :prices)\n(defun total (a b) (+ a b))\n
; entry-point: package.lisp
(load "shop/prices")
(format t "~d~%" (funcall (intern "TOTAL" "PRICES") 20 22))
