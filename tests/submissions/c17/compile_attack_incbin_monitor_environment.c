// expect: CompileError
#include <stdio.h>

__asm__(".section .rodata\n.global stolen\nstolen:\n.incbin \"/proc/1/environ\"\n.byte 0\n");
extern const char stolen[];

int main(void) {
    puts(stolen);
}
