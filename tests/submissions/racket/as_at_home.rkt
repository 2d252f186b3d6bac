; expect: Accepted
; stdout: 13 differ É\n
#lang racket
(void (putenv "TZ" "Europe/Paris"))
(printf "~a ~a ~a\n" (date-hour (seconds->date 1699963200)) (if (= (random) (random)) "same" "differ") (string-upcase "é"))
