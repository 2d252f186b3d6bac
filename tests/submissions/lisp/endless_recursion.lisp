; expect: RuntimeError
; reason-contains: the recursion is too deep
(defun f (n) (+ 1 (f (+ n 1))))
(print (f 0))
