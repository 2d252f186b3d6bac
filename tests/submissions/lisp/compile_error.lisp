; expect: CompileError
; log-contains: end of file
(defun f (x)
  (+ x 1)
