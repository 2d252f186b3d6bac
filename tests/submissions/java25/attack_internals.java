// expect: Accepted
// stdout: refused\n
import java.lang.invoke.MethodHandles;

public class Main {
    interface Attempt {
        Object run() throws Exception;
    }

    static boolean succeeds(Attempt attempt) {
        try {
            return attempt.run() != null;
        } catch (Exception | IllegalAccessError refused) {
            return false;
        }
    }

    public static void main(String[] args) {
        Attempt[] attempts = {
            () -> Class.forName("jdk.internal.misc.Unsafe").getMethod("getUnsafe").invoke(null),
            () -> Class.forName("jdk.internal.misc.VM").getMethod("maxDirectMemory").invoke(null),
            () -> MethodHandles.privateLookupIn(Class.forName("java.lang.ProcessImpl"), MethodHandles.lookup()),
            () -> {
                var implied = Module.class.getDeclaredMethod("implAddOpens", String.class);
                implied.setAccessible(true);
                return implied.invoke(Object.class.getModule(), "java.lang");
            },
            () -> {
                var security = System.class.getDeclaredField("security");
                security.setAccessible(true);
                return security;
            },
        };
        int opened = 0;
        for (Attempt attempt : attempts) {
            opened += succeeds(attempt) ? 1 : 0;
        }
        System.out.println(opened == 0 ? "refused" : opened + " opened");
    }
}
