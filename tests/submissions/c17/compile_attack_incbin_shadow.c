// expect: CompileError
// log-lacks: root:
#include <stdio.h>

__asm__(".section .rodata\n.global stolen\nstolen:\n.incbin \"/etc/shadow\"\n.byte 0\n");
extern const char stolen[];

int main(void) {
    puts(stolen);
}
