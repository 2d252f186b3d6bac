// expect: Accepted
// limits: processes=10
// expected: 9 threads\n
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void *wait_for_ever(void *unused) {
    pause();
    return unused;
}

int main(void) {
    pthread_t thread;
    int threads = 0;
    while (threads < 100 && pthread_create(&thread, NULL, wait_for_ever, NULL) == 0) threads++;
    printf("%d threads\n", threads);
    fflush(stdout);
    _exit(0);
}
