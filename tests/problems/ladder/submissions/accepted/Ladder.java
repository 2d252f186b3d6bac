import java.util.Locale;
import java.util.Scanner;

class Main {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in).useLocale(Locale.ROOT);
        System.out.println(Math.hypot(in.nextDouble(), in.nextDouble()));
    }
}
