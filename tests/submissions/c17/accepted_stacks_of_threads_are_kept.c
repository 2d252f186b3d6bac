// expect: Accepted
// expected: kept\nno such thread\n
// A thread's stack is as large as the limit of the program's own, and serves the next thread all the same, as with 8 MiB at home: threads
// cost no more there, and who joins one twice is told so.
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

static void *where(void *unused) {
    int local;
    return (void *)((uintptr_t)&local & ~(uintptr_t)4095);
}

int main(void) {
    pthread_t thread;
    void *page;
    if (pthread_create(&thread, NULL, where, NULL) || pthread_join(thread, &page)) return 1;
    if (msync(page, 4096, MS_ASYNC)) return 2;
    puts("kept");
    puts(pthread_join(thread, NULL) == ESRCH ? "no such thread" : "joined twice");
}
