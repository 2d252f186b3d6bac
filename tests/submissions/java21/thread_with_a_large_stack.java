// expect: Accepted
// expected: 500000500000\n
public class Main {
    static long depth(int n) {
        return n == 0 ? 0 : n + depth(n - 1);
    }

    public static void main(String[] args) {
        new Thread(null, () -> System.out.println(depth(1_000_000)), "deep", 1L << 28).start();
    }
}
