// expect: JudgeError

int main() { return accepted; }
