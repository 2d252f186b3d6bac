; expect: RuntimeError
; limits: memory_bytes=67108864 stack_bytes=8388608
; signal: SIGSEGV
section .text
global _start
_start:
    call _start
