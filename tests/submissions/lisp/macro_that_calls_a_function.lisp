; expect: Accepted
; expected: 25 (1 4 9)\n
; A macro of a script may call what the script has defined before.
(defun squares (n) (loop for i from 1 to n collect (* i i)))
(defvar *size* 3)
(defmacro sum-of-squares (n) (reduce #'+ (squares n)))
(defmacro table () `(list ,@(squares *size*)))
(format t "~a ~a~%" (- (sum-of-squares 4) 5) (table))
