; expect: CompileError
; log-contains: main.asm:8:
; log-contains: undefined reference to `nosuch'
global main
extern nosuch
section .text
main:
    call nosuch
    ret
