// expect: MemoryLimitExceeded
// limits: memory_bytes=67108864 cpu_ms=10000 wall_ms=60000
// reason-contains: OutOfMemoryError: more memory was needed than is allowed
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;

public class Main {
    static class Large {
        static int a, b, c, d, e, f, g, h;

        int sum() {
            return a + b + c + d + e + f + g + h;
        }
    }

    public static void main(String[] args) throws Exception {
        byte[] code = Main.class.getResourceAsStream("Main$Large.class").readAllBytes();
        var classes = new ArrayList<Class<?>>();
        while (true) {
            classes.add(MethodHandles.lookup().defineHiddenClass(code, true).lookupClass());
        }
    }
}
