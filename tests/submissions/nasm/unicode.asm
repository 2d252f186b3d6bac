; expect: Accepted
; stdin: grüße, 世界\n
; expected: grüße, 世界\n
section .bss
text: resb 4096

section .text
global _start
_start:
    xor eax, eax
    xor edi, edi
    mov rsi, text
    mov edx, 4096
    syscall
    mov rdx, rax
    mov eax, 1
    mov edi, 1
    syscall
    mov eax, 60
    xor edi, edi
    syscall
