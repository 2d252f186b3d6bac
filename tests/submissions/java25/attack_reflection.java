// expect: Accepted
// stdout: refused\n
import java.lang.reflect.Field;

public class Main {
    public static void main(String[] args) {
        try {
            Field field = String.class.getDeclaredField("value");
            field.setAccessible(true);
            System.out.println("opened");
        } catch (ReflectiveOperationException | RuntimeException e) {
            System.out.println("refused");
        }
    }
}
