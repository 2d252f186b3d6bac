// expect: RuntimeError
// exit-code: 137
int main(void) {
    return 137;
}
