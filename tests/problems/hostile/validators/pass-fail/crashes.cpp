// expect: JudgeError

int main() {
    volatile int *volatile nowhere = nullptr;
    *nowhere = 42;
    return 42;
}
