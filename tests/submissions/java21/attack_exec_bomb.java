// expect: Accepted
// stdout: done\n
public class Main {
    public static void main(String[] args) throws Exception {
        for (int i = 0; i < 3; i++) {
            Runtime.getRuntime().exec(new String[] {"sh", "-c", "f() { f | f & }; f; while :; do setsid sh -c 'sleep 60' & done"});
        }
        Thread.sleep(300);
        System.out.println("done");
        Runtime.getRuntime().halt(0);
    }
}
