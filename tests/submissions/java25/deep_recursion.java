// expect: Accepted
// expected: 5000050000\n
public class Main {
    static long depth(int n) {
        return n == 0 ? 0 : n + depth(n - 1);
    }

    public static void main(String[] args) {
        System.out.println(depth(100_000));
    }
}
