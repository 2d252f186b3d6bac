// expect: Accepted
// stdout: refused\n
import java.io.*;
import java.nio.file.*;
import java.util.Base64;
import java.util.zip.InflaterInputStream;

public class Main {
    // A library for x86-64 whose JNI_OnLoad calls ptrace, unshare, mount, setuid and chroot, and says that it is of no known version
    // where one of them is let through.
    static final String LIBRARY =
        "eNqrd/VxY2JkZIABZgY7BgSPgcEBSkcwI4tZMLAASS4GTrBaVgbcwIAJlWYQgFAgfWzI8kKo9AYGVBqmj4lEfRxQOvBpSQobA/EAah3YnUxQmhgAUicEDJ0S"
            + "qIblMAkvP894/zyf/MQUhlBXw0uuhgd2pAKFgw1v7wfZtQ+k3qPzFj+rx/cL+0EO8Oi853Hwhb1H59EdAkBJsIRHr2gaSF2vbQaIAkr79PJoePTqhgG5O5aC"
            + "jXgHUdl5H2RA5y2QIk/GgzsyGWBmdL6HiS2EiUXHgs1iPOHR/INR8oAqB9Afh0tyC9KKGfTLGfLy81Jh3mCB0gpQ/8HiPgPKh4WxBZTPBeXzQGluKC3BQB/g"
            + "7uxspaDhkpqUmZinYGikZ6RnoGtoop2SmmRoVGqoCRViYNArziguKSpJTGLQy0gszmDQS6nMK67MhdAlRQx6JakVJQx6RfkpiSWJDHqpGfFpRYm5qWD5xNzM"
            + "ZAa95Pzc3NS8Eiq5mxsatkxo4Q2jRRgQ+QE5ncPiRxBqBhNafMBoA3h+h6RZDrR4kYTKMaHFL4zmwZLukYEiUh4HAVh+wMgXOPSrQ8WMoHxpJlSaD4d+GK2P"
            + "lHexlkNogAONbwl1O6zYg5czTKjlCzOafli54QS13wDN3AdMCP/hcz8jktnIgB0q6E0g/ABGR3tZ";

    public static void main(String[] args) throws Exception {
        if (!System.getProperty("os.arch").equals("amd64")) {
            System.out.println("refused");
            return;
        }
        Path file = Path.of("library.so").toAbsolutePath();
        try (var inflated = new InflaterInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(LIBRARY)))) {
            Files.copy(inflated, file);
        }
        System.load(file.toString());
        System.out.println("refused");
    }
}
