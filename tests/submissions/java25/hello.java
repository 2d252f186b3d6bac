// expect: Accepted
// stdout: Hello, world!\n
public class Main {
    public static void main(String[] args) {
        System.out.println("Hello, world!");
    }
}
