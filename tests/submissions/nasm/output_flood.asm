; expect: OutputLimitExceeded
section .data
text: times 65536 db "x"
section .text
global _start
_start:
    mov rax, 1
    mov rdi, 1
    mov rsi, text
    mov rdx, 65536
    syscall
    jmp _start
