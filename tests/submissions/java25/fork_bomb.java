// expect: Accepted
// stdout: bounded\n
public class Main {
    public static void main(String[] args) {
        try {
            for (int i = 0; i < 100_000; i++) {
                Thread thread = new Thread(() -> {
                    try {
                        Thread.sleep(60_000);
                    } catch (InterruptedException ignored) {
                    }
                });
                thread.setDaemon(true);
                thread.start();
            }
        } catch (OutOfMemoryError e) {
            System.out.println("bounded");
        }
    }
}
