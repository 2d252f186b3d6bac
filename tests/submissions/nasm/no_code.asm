; expect: CompileError
; log-contains: there is no code
section .data
text: db "ok", 10
