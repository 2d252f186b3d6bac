// expect: TimeLimitExceeded
// limits: cpu_ms=400 wall_ms=20000
// cpu-ms: 400..
// reason-contains: CPU
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 2; i++)
            if (fork() == 0) {
                setsid();
                for (volatile unsigned long turns = 0;; turns++) {}
            }
        _exit(0);
    }
    waitpid(child, NULL, 0);
    sleep(15);
}
