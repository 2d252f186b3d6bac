; expect: Accepted
; stdout: Hello, world!\n
(format t "Hello, world!~%")
