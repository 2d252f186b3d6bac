; expect: RuntimeError
; arguments: ["one", "two"]
; exit-code: 3
; What `main` returns is the status: the number of words.
global main
section .text
main:
    mov eax, edi
    ret
