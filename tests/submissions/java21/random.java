// expect: Accepted
// stdout: true\n
import java.security.SecureRandom;
import java.util.UUID;

public class Main {
    public static void main(String[] args) {
        System.out.println(new SecureRandom().nextInt() != new SecureRandom().nextInt() || UUID.randomUUID() != null);
    }
}
