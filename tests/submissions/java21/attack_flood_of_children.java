// expect: OutputLimitExceeded
// limits: cpu_ms=4000
// stdout-truncated: true
public class Main {
    public static void main(String[] args) throws Exception {
        for (int i = 0; i < 4; i++) {
            new ProcessBuilder("yes").inheritIO().start();
        }
        Thread.sleep(60_000);
    }
}
