// expect: TimeLimitExceeded
// limits: cpu_ms=400
#include <pthread.h>

static void *spawn(void *unused) {
    pthread_t thread;
    for (;;) pthread_create(&thread, NULL, spawn, NULL);
    return unused;
}

int main(void) {
    spawn(NULL);
}
