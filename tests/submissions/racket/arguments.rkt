; expect: Accepted
; arguments: ["-v", "two words", "--help", "", "x"]
; stdout: [-v][two words][--help][][x]
#lang racket/base
(for ([word (current-command-line-arguments)]) (printf "[~a]" word))
