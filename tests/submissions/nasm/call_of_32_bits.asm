; expect: RuntimeError
; signal: SIGSYS
; reason-contains: `int 0x80` is that of 32 bits
global _start
_start:
    mov eax, 1
    xor ebx, ebx
    int 0x80
