// expect: Accepted
// The bomb may leave no process for the next to begin with, of which the virtual machine tells on standard output, too.
public class Main {
    public static void main(String[] args) throws Exception {
        for (int i = 0; i < 3; i++) {
            try {
                Runtime.getRuntime().exec(new String[] {"sh", "-c", "f() { f | f & }; f; while :; do setsid sh -c 'sleep 60' & done"});
            } catch (java.io.IOException | OutOfMemoryError full) {
                break;
            }
        }
        Thread.sleep(300);
        Runtime.getRuntime().halt(0);
    }
}
