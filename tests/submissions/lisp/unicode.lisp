; expect: Accepted
; stdin: grüße, 世界\n
; expected: 界世 ,eßürg\n
(format t "~a~%" (reverse (read-line)))
