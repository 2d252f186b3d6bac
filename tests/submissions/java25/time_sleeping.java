// expect: TimeLimitExceeded
// limits: cpu_ms=400 wall_ms=1500
// reason-contains: on the clock
public class Main {
    public static void main(String[] args) throws InterruptedException {
        Thread.sleep(30_000);
    }
}
