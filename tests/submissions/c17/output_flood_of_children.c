// expect: OutputLimitExceeded
// limits: cpu_ms=3000
// stdout-truncated: true
#include <unistd.h>

int main(void) {
    static char block[4096];
    for (int i = 0; i < 8; i++)
        if (fork() == 0)
            for (;;)
                if (write(1, block, sizeof block) < 0) _exit(1);
    for (;;) pause();
}
