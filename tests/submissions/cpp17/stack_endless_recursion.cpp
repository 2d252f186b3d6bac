// expect: RuntimeError
// limits: stack_bytes=16777216
// signal: SIGSEGV
// reason-contains: SIGSEGV
static volatile int sink;

static int endless(int level) {
    volatile int here[64];
    here[level & 63] = level;
    return endless(level + 1) + here[sink & 63];
}

int main() {
    return endless(0);
}
