// expect: Accepted
// limits: cpu_ms=3000
// max-wall-ms: 1000
#include <unistd.h>

int main(void) {
    for (int i = 0; i < 10; i++)
        if (fork() == 0) {
            setsid();
            for (volatile unsigned long turns = 0;; turns++) {}
        }
}
