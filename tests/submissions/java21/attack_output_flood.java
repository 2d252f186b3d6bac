// expect: OutputLimitExceeded
public class Main {
    public static void main(String[] args) {
        String line = "x".repeat(65536);
        while (true) {
            System.out.println(line);
        }
    }
}
