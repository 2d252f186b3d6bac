; expect: CompileError
; log-contains: end of file
; log-contains: line: 4
(defun f (x)
  (+ x 1)
