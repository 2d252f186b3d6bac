// expect: RuntimeError
// exit-code: 1
// reason-contains: ExecutionException: ArithmeticException: / by zero, Main.java line 8
import java.util.concurrent.*;

public class Main {
    static int divided(int by) {
        return 1 / by;
    }

    public static void main(String[] args) throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        Future<Integer> part = pool.submit(() -> divided(0));
        pool.shutdown();
        System.out.println(part.get());
    }
}
