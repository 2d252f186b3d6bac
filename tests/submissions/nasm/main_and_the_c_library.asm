; expect: Accepted
; stdin: 20 22\n
; expected: 42\n
; exit-code: 0
global main
extern scanf, printf

section .data
read: db "%ld %ld", 0
written: db "%ld", 10, 0

section .bss
left: resq 1
right: resq 1

section .text
main:
    push rbp
    mov rdi, read
    mov rsi, left
    mov rdx, right
    xor eax, eax
    call scanf wrt ..plt
    lea rdi, [rel written]
    mov rsi, [rel left]
    add rsi, [rel right]
    xor eax, eax
    call printf
    xor eax, eax
    pop rbp
    ret
