// expect: RuntimeError
// signal: SIGABRT
// reason-contains: uncaught int
int main() {
    throw 5;
}
