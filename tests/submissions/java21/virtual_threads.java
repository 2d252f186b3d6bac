// expect: Accepted
// stdout: 1000\n
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicInteger;

public class Main {
    public static void main(String[] args) {
        AtomicInteger count = new AtomicInteger();
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1000; i++) {
                pool.submit(count::incrementAndGet);
            }
        }
        System.out.println(count.get());
    }
}
