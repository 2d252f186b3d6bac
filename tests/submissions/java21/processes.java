// expect: Accepted
// expected: child\nparent\n
public class Main {
    public static void main(String[] args) throws Exception {
        Process child = new ProcessBuilder("echo", "child").start();
        System.out.print(new String(child.getInputStream().readAllBytes()));
        System.out.println(child.waitFor() == 0 ? "parent" : "failed");
    }
}
