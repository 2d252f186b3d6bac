// expect: TimeLimitExceeded
// limits: cpu_ms=400 wall_ms=10000
// cpu-ms: 400..
// reason-contains: CPU
#include <pthread.h>
#include <unistd.h>

static void *burn(void *unused) {
    for (volatile unsigned long turns = 0;; turns++) {}
    return unused;
}

int main(void) {
    pthread_t thread;
    for (int i = 0; i < 4; i++) pthread_create(&thread, NULL, burn, NULL);
    pause();
}
