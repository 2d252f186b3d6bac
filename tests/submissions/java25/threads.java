// expect: Accepted
// expected: 4\n
import java.util.concurrent.*;
import java.util.*;

public class Main {
    public static void main(String[] args) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Future<Integer>> parts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            parts.add(pool.submit(() -> 1));
        }
        int sum = 0;
        for (Future<Integer> part : parts) {
            sum += part.get();
        }
        pool.shutdown();
        System.out.println(sum);
    }
}
