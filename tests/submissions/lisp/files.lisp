; expect: Accepted
; expected: from the file\n
; file: data/note.txt from the file\n
; entry-point: files.lisp
(with-open-file (file "data/note.txt") (write-line (read-line file)))
