// expect: JudgeError

#include "/dev/zero"

int main() { return 42; }
