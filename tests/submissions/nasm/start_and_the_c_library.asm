; expect: Accepted
; arguments: ["two words"]
; stdout: 2 two words 1.41421\n
; The stack is the one that _start finds: the number of words is on top of it.
global _start
extern printf, sqrt, exit

section .data
format: db "%ld %s %g", 10, 0
two: dq 2.0

section .text
_start:
    movsd xmm0, [two]
    call sqrt
    mov rdi, format
    mov rsi, [rsp]
    mov rdx, [rsp + 16]
    mov eax, 1
    call printf
    xor edi, edi
    call exit
