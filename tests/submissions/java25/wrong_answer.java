// expect: WrongAnswer
// stdin: 20 22\n
// expected: 42\n
// reason-contains: line 1
import java.util.*;

public class Main {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        System.out.println(in.nextInt() - in.nextInt());
    }
}
