// expect: Accepted
// limits: memory_bytes=134217728
// stdout: 100\n
import java.util.*;

public class Main {
    public static void main(String[] args) {
        List<byte[]> data = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            data.add(new byte[1 << 20]);
        }
        System.out.println(data.size());
    }
}
