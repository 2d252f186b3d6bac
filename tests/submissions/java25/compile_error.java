// expect: CompileError
// log-contains: Main.java:5
public class Main {
    public static void main(String[] args) {
        int x = "text";
    }
}
