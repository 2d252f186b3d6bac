// expect: TimeLimitExceeded
// limits: cpu_ms=300 wall_ms=10000
// reason-contains: CPU
public class Main {
    public static void main(String[] args) {
        while (true) {
            Math.random();
        }
    }
}
