// expect: RuntimeError
// exit-code: 3
// reason-contains: status 3
public class Main {
    public static void main(String[] args) {
        System.exit(3);
    }
}
