; expect: Accepted
; exit-code: 0
; file: shop/prices.asm global total\nsection .text\ntotal:\n    lea rax, [rdi + rsi]\n    ret\n
; file: shop/numbers.inc %define FIRST 20\n%define SECOND 22\n
%include "shop/numbers.inc"
extern total

section .text
global _start
_start:
    mov edi, FIRST
    mov esi, SECOND
    call total
    xor edi, edi
    cmp rax, 42
    setne dil
    mov eax, 60
    syscall
