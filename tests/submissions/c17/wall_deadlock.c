// expect: TimeLimitExceeded
// limits: cpu_ms=1000 wall_ms=600
// cpu-ms: 0..100
#include <pthread.h>

int main(void) {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&mutex);
}
