// expect: Accepted
// stdout: done\n
import java.util.concurrent.CountDownLatch;

public class Main {
    static final CountDownLatch BEGUN = new CountDownLatch(1);

    @SuppressWarnings("removal")
    @Override
    protected void finalize() {
        BEGUN.countDown();
        while (true) {
        }
    }

    public static void main(String[] args) throws Exception {
        new Main();
        while (BEGUN.getCount() > 0) {
            System.gc();
            Thread.sleep(10);
        }
        System.out.println("done");
    }
}
