import java.util.Scanner;

class Main {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        long low = 1, high = in.nextLong(), most = in.nextLong();
        for (long asked = 0; asked < most; asked++) {
            long guess = (low + high) / 2;
            System.out.println(guess);
            switch (in.next()) {
                case "<": high = guess - 1; break;
                case ">": low = guess + 1; break;
                default: return;
            }
        }
    }
}
