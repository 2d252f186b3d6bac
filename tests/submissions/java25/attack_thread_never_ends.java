// expect: TimeLimitExceeded
// limits: cpu_ms=500 wall_ms=10000
// reason-contains: CPU
// stdout: done\n
public class Main {
    public static void main(String[] args) {
        new Thread(() -> {
            while (true) {
                Thread.interrupted();
            }
        }).start();
        System.out.println("done");
    }
}
