; expect: RuntimeError
; signal: SIGSEGV
; reason-contains: endless or too deep recursion
section .text
global _start
_start:
    call _start
