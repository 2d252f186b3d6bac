// expect: RuntimeError
// reason-contains: ArrayIndexOutOfBoundsException
// reason-contains: Main.java line 8
// exit-code: 1
public class Main {
    public static void main(String[] args) {
        int[] values = new int[3];
        System.out.println(values[args.length + 3]);
    }
}
