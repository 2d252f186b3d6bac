// expect: TimeLimitExceeded
// limits: cpu_ms=300
// reason-contains: CPU
public class Main {
    public static void main(String[] args) {
        while (true) {
            Math.random();
        }
    }
}
