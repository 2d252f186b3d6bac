; expect: Accepted
; arguments: ["-v", "two words", "--help", "", "x"]
; stdout: [-v][two words][--help][][x]
section .data
left: db "["
right: db "]"

section .text
global _start
_start:
    pop rbx                     ; how many words there are
    pop rax                     ; the program's own name
.next:
    dec rbx
    jz .end
    mov rsi, left
    mov rdx, 1
    call write
    pop rsi
    xor rdx, rdx
.length:
    cmp byte [rsi + rdx], 0
    je .known
    inc rdx
    jmp .length
.known:
    call write
    mov rsi, right
    mov rdx, 1
    call write
    jmp .next
.end:
    mov rax, 60
    xor rdi, rdi
    syscall

write:
    mov rax, 1
    mov rdi, 1
    syscall
    ret
