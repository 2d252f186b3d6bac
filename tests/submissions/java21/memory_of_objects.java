// expect: MemoryLimitExceeded
// limits: cpu_ms=5000
import java.util.LinkedList;

public class Main {
    public static void main(String[] args) {
        var items = new LinkedList<Integer>();
        for (int i = 0;; i++) items.add(i);
    }
}
