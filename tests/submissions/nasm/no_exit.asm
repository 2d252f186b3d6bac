; expect: RuntimeError
; signal: SIGSEGV
; reason-contains: no call of `exit`
section .text
global _start
_start:
    mov rax, 1
