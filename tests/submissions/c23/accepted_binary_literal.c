// expect: Accepted
// expected: 42 1\n
#define _GNU_SOURCE
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>

int main() {
    static_assert(0b101010 == 42);
    printf("%d %d\n", 0b101010, true);
}
