// expect: Accepted
// limits: wall_ms=15000
// stdout: refused\n
import com.sun.tools.attach.VirtualMachine;
import java.nio.file.*;

public class Main {
    public static void main(String[] args) throws Exception {
        String seen = "refused";
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    VirtualMachine.attach(process.getFileName().toString()).detach();
                    seen = "attached to " + process;
                } catch (Exception refused) {
                }
            }
        }
        System.out.println(VirtualMachine.list().size() > 1 ? "others are listed" : seen);
    }
}
