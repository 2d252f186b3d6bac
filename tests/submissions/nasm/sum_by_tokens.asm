; expect: Accepted
; stdin:  20\n\n 22 
; expected: 42\n
section .bss
text: resb 4096

section .text
global _start
_start:
    xor eax, eax
    xor edi, edi
    mov rsi, text
    mov edx, 4096
    syscall
    lea r8, [text + rax]
    mov rsi, text
    call number
    mov r9, rax
    call number
    add r9, rax
    mov rax, r9
    mov rdi, text + 64
    mov byte [rdi], 10
    mov ecx, 10
.digits:
    xor edx, edx
    div rcx
    add dl, '0'
    dec rdi
    mov [rdi], dl
    test rax, rax
    jnz .digits
    mov rsi, rdi
    lea rdx, [text + 65]
    sub rdx, rsi
    mov eax, 1
    mov edi, 1
    syscall
    mov eax, 60
    xor edi, edi
    syscall

; The next number from rsi on, in rax.
number:
    xor eax, eax
.blank:
    movzx ecx, byte [rsi]
    inc rsi
    cmp ecx, ' '
    jbe .blank
.digit:
    sub ecx, '0'
    imul rax, rax, 10
    add rax, rcx
    movzx ecx, byte [rsi]
    inc rsi
    cmp rsi, r8
    ja .end
    cmp ecx, '0'
    jae .digit
.end:
    ret
