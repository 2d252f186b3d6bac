; expect: Accepted
; stdout: hi\n
; log-lacks: note
(defun nothing () (loop) 3)
(write-line "hi")
