// expect: RuntimeError
// reason-contains: because "name" is null, Main.java line 6
public class Main {
    public static void main(String[] args) {
        String name = args.length > 0 ? args[0] : null;
        System.out.println(name.length());
    }
}
