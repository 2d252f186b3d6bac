; expect: Accepted
; expected: child\nparent\n
(sb-ext:run-program "/bin/echo" '("child") :output t)
(write-line "parent")
