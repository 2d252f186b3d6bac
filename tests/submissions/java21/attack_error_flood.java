// expect: OutputLimitExceeded
// limits: cpu_ms=4000
// stderr-truncated: true
public class Main {
    public static void main(String[] args) {
        String line = "x".repeat(65536);
        while (true) {
            System.err.println(line);
        }
    }
}
