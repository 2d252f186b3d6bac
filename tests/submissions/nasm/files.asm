; expect: Accepted
; expected: from the file\n
; file: data/note.txt from the file\n
section .data
path: db "data/note.txt", 0

section .bss
text: resb 64

section .text
global _start
_start:
    mov eax, 2 ; open
    mov rdi, path
    xor esi, esi
    syscall
    mov edi, eax
    xor eax, eax
    mov rsi, text
    mov edx, 64
    syscall
    mov rdx, rax
    mov eax, 1
    mov edi, 1
    syscall
    mov eax, 60
    xor edi, edi
    syscall
