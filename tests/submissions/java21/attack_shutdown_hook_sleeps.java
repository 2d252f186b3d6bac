// expect: TimeLimitExceeded
// limits: cpu_ms=500 wall_ms=1500
// reason-contains: on the clock
// stdout: done\n
public class Main {
    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            while (true) {
                try {
                    Thread.sleep(1000);
                } catch (InterruptedException again) {
                }
            }
        }));
        System.out.println("done");
    }
}
