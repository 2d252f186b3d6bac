// expect: TimeLimitExceeded
// limits: cpu_ms=500
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
