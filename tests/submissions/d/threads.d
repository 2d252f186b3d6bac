// expect: Accepted
// expected: 4\n
import core.atomic, core.thread, std.stdio;

void main() {
    shared int done;
    Thread[] threads;
    foreach (i; 0 .. 4) threads ~= new Thread({ done.atomicOp!"+="(1); }).start();
    foreach (thread; threads) thread.join();
    writeln(done.atomicLoad);
}
