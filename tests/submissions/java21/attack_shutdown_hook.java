// expect: TimeLimitExceeded
// limits: cpu_ms=500 wall_ms=10000
// reason-contains: CPU
// stdout: done\n
public class Main {
    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            while (true) {
            }
        }));
        System.out.println("done");
    }
}
