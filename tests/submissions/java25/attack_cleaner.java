// expect: Accepted
// stdout: done\n
import java.lang.ref.Cleaner;
import java.util.concurrent.CountDownLatch;

public class Main {
    public static void main(String[] args) throws Exception {
        var begun = new CountDownLatch(1);
        Cleaner.create().register(new Object(), () -> {
            begun.countDown();
            while (true) {
            }
        });
        while (begun.getCount() > 0) {
            System.gc();
            Thread.sleep(10);
        }
        System.out.println("done");
    }
}
