import java.util.Scanner;

class Main {
    static final long M = 1_000_000_007;

    static long[] product(long[] a, long[] b) {
        return new long[] {
            (a[0] * b[0] + a[1] * b[2]) % M, (a[0] * b[1] + a[1] * b[3]) % M,
            (a[2] * b[0] + a[3] * b[2]) % M, (a[2] * b[1] + a[3] * b[3]) % M,
        };
    }

    public static void main(String[] args) {
        long[] ways = {1, 0, 0, 1}, step = {1, 1, 1, 0};
        for (long n = new Scanner(System.in).nextLong(); n > 0; n /= 2) {
            if (n % 2 == 1) ways = product(ways, step);
            step = product(step, step);
        }
        System.out.println(ways[0]);
    }
}
