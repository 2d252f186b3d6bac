; expect: Accepted
; expected: 0.3333333333333333 4\n
(setf *read-default-float-format* 'double-float)
(set-macro-character #\! (lambda (stream character)
                           (declare (ignore character))
                           (list '1+ (read stream t nil t))))
(format t "~a ~a~%" (/ 1.0 3) !3)
