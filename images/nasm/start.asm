; Begins a program that has a `_start` of its own and calls the C library, which is ready by then. The stack is as the kernel has left
; it: `_start` finds the number of arguments on top.
default rel
extern __libc_start_main, _start
global gavel_start, _dl_relocate_static_pie

section .text
gavel_start:
    xor ebp, ebp
    mov r9, rdx
    pop rsi
    mov rdx, rsp
    and rsp, -16
    push rax
    push rsp
    xor r8d, r8d
    xor ecx, ecx
    lea rdi, [begin]
    call __libc_start_main
    hlt

; main(number of arguments, arguments): these follow upon their number.
begin:
    lea rsp, [rsi - 8]
    xor ebp, ebp
    xor edx, edx
    jmp _start

; Of programs that may stand anywhere: this one is where it was linked to.
_dl_relocate_static_pie:
    ret

section .note.GNU-stack noalloc noexec nowrite progbits
