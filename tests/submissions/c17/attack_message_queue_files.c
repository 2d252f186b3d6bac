// expect: Accepted
// expected: refused\n
// Queues are files as well, beside the calls.
#include <fcntl.h>
#include <stdio.h>

int main(void) {
    int made = open("/dev/mqueue/mine", O_CREAT | O_RDWR, 0666);
    puts(made >= 0 ? "made a queue" : "refused");
}
