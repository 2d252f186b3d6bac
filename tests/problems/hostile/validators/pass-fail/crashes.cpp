// expect: JudgeError

int main() {
    int *volatile nowhere = nullptr;
    *nowhere = 42;
    return 42;
}
