// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
// reason-contains: OutOfMemoryError: more memory was needed than is allowed
import java.util.*;

public class Main {
    public static void main(String[] args) {
        List<byte[]> data = new ArrayList<>();
        while (true) {
            data.add(new byte[1 << 20]);
        }
    }
}
