; expect: Accepted
; expected: 5000050000\n
(defun depth (n) (if (= n 0) 0 (+ n (depth (- n 1)))))
(format t "~d~%" (depth 100000))
