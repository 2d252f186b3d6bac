// expect: Accepted
// stdout: -1 -1 -1 -1\n
import java.lang.foreign.*;
import java.lang.invoke.MethodHandle;
import static java.lang.foreign.ValueLayout.*;

public class Main {
    static final Linker LINKER = Linker.nativeLinker();

    static MethodHandle call(String name, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), FunctionDescriptor.of(JAVA_INT, arguments));
    }

    public static void main(String[] args) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            int trace = (int) call("ptrace", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG).invokeExact(16L, 1, 0L, 0L);
            int unshare = (int) call("unshare", JAVA_INT).invokeExact(0x10000000);
            int mount = (int) call("mount", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS)
                .invokeExact(arena.allocateFrom("none"), arena.allocateFrom("/w"), arena.allocateFrom("tmpfs"), 0L, MemorySegment.NULL);
            int root = (int) call("setuid", JAVA_INT).invokeExact(0);
            System.out.println(trace + " " + unshare + " " + mount + " " + root);
        }
    }
}
