// expect: RuntimeError
// signal: SIGILL
int main(void) {
    __asm__ volatile("ud2");
}
