; expect: TimeLimitExceeded
; limits: cpu_ms=400
; max-wall-ms: 3000
section .text
global _start
_start:
    mov eax, 57
    syscall
    jmp _start
