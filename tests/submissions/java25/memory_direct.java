// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
import java.nio.ByteBuffer;
import java.util.ArrayList;

public class Main {
    public static void main(String[] args) {
        var buffers = new ArrayList<ByteBuffer>();
        while (true) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
            for (int i = 0; i < 1 << 20; i += 4096) {
                buffer.put(i, (byte) 1);
            }
            buffers.add(buffer);
        }
    }
}
