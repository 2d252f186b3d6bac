; expect: RuntimeError
; reason-contains: in the form of main.lisp line 6
; log-contains: undefined variable
(defun half (n) (/ n 2))
(print (half 4))
(print (half x))
