; expect: Accepted
; stdout: differ É
(setf *random-state* (make-random-state t))
(format t "~:[differ~;same~] ~a" (= (random 1d0) (random 1d0)) (string-upcase "é"))
