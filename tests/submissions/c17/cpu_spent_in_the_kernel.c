// expect: TimeLimitExceeded
// limits: cpu_ms=300 wall_ms=20000
// cpu-ms: 300..
// reason-contains: CPU
#include <fcntl.h>
#include <unistd.h>

int main(void) {
    static char block[1 << 20];
    int zero = open("/dev/zero", O_RDONLY);
    for (;;)
        if (read(zero, block, sizeof block) <= 0) return 1;
}
