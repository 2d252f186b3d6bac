; expect: Accepted
; expected: from the file\n
; file: data/note.txt from the file\n
; entry-point: files.rkt
#lang racket
(display (file->string "data/note.txt"))
