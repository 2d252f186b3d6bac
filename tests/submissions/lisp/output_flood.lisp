; expect: OutputLimitExceeded
(loop (write-line (make-string 65536 :initial-element #\x)))
