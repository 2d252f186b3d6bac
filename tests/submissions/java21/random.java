// expect: Accepted
// stdout: differ\n
import java.security.SecureRandom;
import java.util.UUID;

public class Main {
    public static void main(String[] args) {
        boolean numbers = new SecureRandom().nextLong() != new SecureRandom().nextLong() && Math.random() != Math.random();
        System.out.println(numbers && !UUID.randomUUID().equals(UUID.randomUUID()) ? "differ" : "same");
    }
}
