; expect: TimeLimitExceeded
; limits: cpu_ms=400 wall_ms=1500
; reason-contains: on the clock
section .data
half_a_minute: dq 30, 0

section .text
global _start
_start:
    mov eax, 35
    mov rdi, half_a_minute
    xor esi, esi
    syscall
    jmp _start
