; expect: CompileError
; reason-contains: the first line must name the language of the program
(displayln 1)
