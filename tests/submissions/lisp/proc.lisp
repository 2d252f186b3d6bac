; expect: Accepted
; stdout: refused\n
(handler-case
    (with-open-file (file "/proc/1/environ") (write-line (read-line file)))
  (error () (write-line "refused")))
