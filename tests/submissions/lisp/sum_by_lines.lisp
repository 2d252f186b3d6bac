; expect: Accepted
; stdin: 20\n22\n
; expected: 42\n
(format t "~d~%" (+ (parse-integer (read-line)) (parse-integer (read-line))))
