// expect: WrongAnswer
// expected: 1\n
// stdout:
int main(void) {
    return 0;
}
