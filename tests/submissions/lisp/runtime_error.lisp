; expect: RuntimeError
; exit-code: 1
; reason-contains: DIVISION-BY-ZERO
(defun f (x) (/ 1 x))
(print (f (- 1 1)))
