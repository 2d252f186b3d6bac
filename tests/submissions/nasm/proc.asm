; expect: Accepted
; exit-code: 0
section .data
path: db "/proc/1/environ", 0

section .text
global _start
_start:
    mov eax, 2 ; open
    mov rdi, path
    xor esi, esi
    syscall
    xor edi, edi
    test rax, rax
    setns dil ; 1 where it was opened
    mov eax, 60
    syscall
