// expect: Accepted
// expected: no shared memory\n
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

int main(void) {
    int made = shmget(IPC_PRIVATE, 1 << 20, IPC_CREAT | 0666) >= 0;
    made += shmget(0x6761, 4096, IPC_CREAT | 0666) >= 0;
    made += semget(0x6761, 1, IPC_CREAT | 0666) >= 0;
    made += msgget(0x6761, IPC_CREAT | 0666) >= 0;
    puts(made ? "left something behind" : "no shared memory");
}
