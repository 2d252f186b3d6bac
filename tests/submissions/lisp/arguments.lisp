; expect: Accepted
; arguments: ["-v", "two words", "--help", "", "x"]
; stdout: [-v][two words][--help][][x]
(dolist (word (rest sb-ext:*posix-argv*)) (format t "[~a]" word))
