; expect: Accepted
; exit-code: 0
section .text
global _start
_start:
    mov edi, 100000
    call depth
    mov rcx, 5000050000
    xor edi, edi
    cmp rax, rcx
    setne dil
    mov eax, 60
    syscall

depth:
    test rdi, rdi
    jz .zero
    push rdi
    dec rdi
    call depth
    pop rdi
    add rax, rdi
    ret
.zero:
    xor eax, eax
    ret
