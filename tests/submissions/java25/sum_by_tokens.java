// expect: Accepted
// stdin:  20\n\n 22 
// expected: 42\n
import java.util.Scanner;

class Adder {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        System.out.println(in.nextInt() + in.nextInt());
    }
}
