// expect: Accepted
// limits: wall_ms=15000
// stdout: refused\n
public class Main {
    public static void main(String[] args) throws Exception {
        try {
            Process child = new ProcessBuilder("jcmd", "1", "VM.flags").start();
            System.out.println(child.waitFor() == 0 ? "attached" : "refused");
        } catch (java.io.IOException e) {
            System.out.println("refused");
        }
    }
}
