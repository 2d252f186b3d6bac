// expect: Accepted
// stdout: alone\n
import java.nio.file.*;

public class Main {
    public static void main(String[] args) throws Exception {
        long own = ProcessHandle.current().pid();
        String seen = "alone";
        try (var entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                if (entry.endsWith(Long.toString(own))) {
                    continue;
                }
                try {
                    Files.readAllBytes(entry.resolve("environ"));
                    seen = entry.toString();
                } catch (Exception refused) {
                }
            }
        }
        System.out.println(seen);
    }
}
