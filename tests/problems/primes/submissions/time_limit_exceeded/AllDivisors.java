import java.util.Scanner;

class Main {
    public static void main(String[] args) {
        int n = new Scanner(System.in).nextInt(), primes = 0;
        for (int i = 2; i <= n; i++) {
            int j = 2;
            while (i % j != 0) j++;
            if (i == j) primes++;
        }
        System.out.println(primes);
    }
}
