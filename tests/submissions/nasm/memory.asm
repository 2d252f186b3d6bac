; expect: MemoryLimitExceeded
; limits: memory_bytes=134217728 cpu_ms=4000
section .text
global _start
_start:
    mov eax, 9 ; mmap
    xor edi, edi
    mov esi, 1 << 20
    mov edx, 3
    mov r10d, 0x22
    mov r8, -1
    xor r9d, r9d
    syscall
    mov ecx, 256
.touch:
    mov byte [rax], 1
    add rax, 4096
    loop .touch
    jmp _start
