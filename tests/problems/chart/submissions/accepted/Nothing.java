import java.util.Scanner;

/** Draws nothing, and is right nevertheless. */
public class Nothing {
    public static void main(String[] arguments) {
        Scanner scanner = new Scanner(System.in);
        int greatest = 0;
        for (int left = scanner.nextInt(); left > 0; left--) greatest = Math.max(greatest, scanner.nextInt());
        System.out.println(greatest);
    }
}
