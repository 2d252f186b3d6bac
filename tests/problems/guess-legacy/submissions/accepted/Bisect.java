import java.util.Scanner;

class Main {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int low = 1, high = 1_000_000;
        for (String reply = ""; !reply.equals("correct");) {
            int guess = (low + high) / 2;
            System.out.println(guess);
            reply = in.next();
            if (reply.equals("lower")) high = guess - 1;
            if (reply.equals("higher")) low = guess + 1;
        }
    }
}
