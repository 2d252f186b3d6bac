import java.util.HashMap;
import java.util.Map;
import java.util.Scanner;

class Main {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int count = in.nextInt(), sum = in.nextInt();
        Map<Integer, Integer> seen = new HashMap<>();
        for (int at = 1; at <= count; at++) {
            int number = in.nextInt();
            Integer other = seen.get(sum - number);
            if (other != null) {
                System.out.println(at + " " + other);
                return;
            }
            seen.put(number, at);
        }
        System.out.println("impossible");
    }
}
