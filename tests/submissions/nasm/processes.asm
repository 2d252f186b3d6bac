; expect: Accepted
; expected: child\nparent\n
section .data
child: db "child", 10
parent: db "parent", 10

section .text
global _start
_start:
    mov eax, 57 ; fork
    syscall
    test eax, eax
    mov rsi, child
    mov edx, 6
    jz write
    mov edi, eax
    xor esi, esi
    xor edx, edx
    xor r10d, r10d
    mov eax, 61 ; wait4
    syscall
    mov rsi, parent
    mov edx, 7
write:
    mov eax, 1
    mov edi, 1
    syscall
    mov eax, 60
    xor edi, edi
    syscall
