// expect: CompileError
// log-contains: nobody_wrote_this
int nobody_wrote_this(void);

int main(void) {
    return nobody_wrote_this();
}
