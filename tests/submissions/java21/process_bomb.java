// expect: Accepted
// stdout: bounded\n
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

public class Main {
    public static void main(String[] args) {
        List<Process> children = new ArrayList<>();
        try {
            for (int i = 0; i < 5000; i++) {
                children.add(Runtime.getRuntime().exec(new String[] {"sleep", "60"}));
            }
        } catch (IOException | OutOfMemoryError refused) {
            System.out.println("bounded");
        }
        children.forEach(Process::destroyForcibly);
        Runtime.getRuntime().halt(0);
    }
}
