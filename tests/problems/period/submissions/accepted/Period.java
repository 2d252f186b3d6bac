import java.util.BitSet;
import java.util.Scanner;

class Main {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        long x = in.nextLong(), a = in.nextLong(), c = in.nextLong(), m = in.nextLong(), length = 0;
        BitSet seen = new BitSet((int) m);
        for (; !seen.get((int) x); x = (a * x + c) % m) seen.set((int) x);
        long first = x;
        do {
            x = (a * x + c) % m;
            length++;
        } while (x != first);
        System.out.println(length);
    }
}
