// expect: RuntimeError
// exit-code: 255
int main(void) {
    return -1;
}
