; expect: CompileError
; log-contains: main.asm:6
section .text
global _start
_start:
    mov rax rdi
