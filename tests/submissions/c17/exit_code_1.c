// expect: RuntimeError
// exit-code: 1
// reason-contains: 1
int main(void) {
    return 1;
}
