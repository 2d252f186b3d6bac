// expect: CompileError
// log-contains: main
public class Main {
    void run() {}
}
