// expect: RuntimeError
// reason-contains: ExceptionInInitializerError: NumberFormatException: For input string: "x", Main.java line 4
public class Main {
    static int size = Integer.parseInt("x");

    public static void main(String[] args) {
        System.out.println(size);
    }
}
