; expect: Accepted
; expected: 4\n
(defvar *lock* (sb-thread:make-mutex))
(defvar *done* 0)
(mapc #'sb-thread:join-thread
      (loop repeat 4
            collect (sb-thread:make-thread (lambda () (sb-thread:with-mutex (*lock*) (incf *done*))))))
(format t "~d~%" *done*)
