// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
import java.util.*;

public class Main {
    public static void main(String[] args) {
        String line = new Scanner(System.in).nextLine();
        System.out.println(new StringBuilder(line).reverse());
    }
}
