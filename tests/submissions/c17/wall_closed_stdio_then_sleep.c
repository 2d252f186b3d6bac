// expect: TimeLimitExceeded
// limits: cpu_ms=1000 wall_ms=600
// End of file on its output means nothing.
#include <unistd.h>

int main(void) {
    close(0);
    close(1);
    close(2);
    sleep(1000);
}
