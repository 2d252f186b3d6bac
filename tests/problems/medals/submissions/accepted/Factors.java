import java.util.Scanner;

public class Factors {
    public static void main(String[] arguments) {
        long number = new Scanner(System.in).nextLong();
        long found = 1;
        for (long prime = 2; prime * prime <= number; prime++) {
            int power = 0;
            while (number % prime == 0) {
                number /= prime;
                power++;
            }
            found *= power + 1;
        }
        System.out.println(number > 1 ? 2 * found : found);
    }
}
