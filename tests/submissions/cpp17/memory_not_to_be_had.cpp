// expect: MemoryLimitExceeded
// reason-contains: std::bad_alloc
#include <iostream>

int main() {
    volatile unsigned long size = 1UL << 60;
    char *memory = new char[size];
    memory[7] = 1;
    std::cout << static_cast<void *>(memory);
}
