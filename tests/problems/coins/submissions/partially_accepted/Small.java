import java.util.Arrays;
import java.util.Scanner;

/** 70: crashes where the amount is large. */
class Main {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int amount = in.nextInt(), count = in.nextInt();
        int[] fewest = new int[101];
        Arrays.fill(fewest, 1000);
        fewest[0] = 0;
        for (int i = 0; i < count; i++) {
            int value = in.nextInt();
            for (int paid = value; paid <= amount; paid++) {
                fewest[paid] = Math.min(fewest[paid], fewest[paid - value] + 1);
            }
        }
        System.out.println(fewest[amount] < 1000 ? fewest[amount] : -1);
    }
}
