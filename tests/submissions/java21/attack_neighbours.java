// expect: Accepted
// stdout: nothing\n
import java.io.*;
import java.nio.file.*;
import java.util.*;

public class Main {
    static boolean isSeen(Path place) {
        try {
            if (Files.isDirectory(place)) {
                try (var entries = Files.list(place)) {
                    return entries.findAny().isPresent();
                }
            }
            try (InputStream file = Files.newInputStream(place)) {
                return file.read() >= 0;
            }
        } catch (IOException | UncheckedIOException refused) {
            return false;
        }
    }

    public static void main(String[] args) throws IOException {
        List<Path> places = new ArrayList<>();
        for (String name : List.of("/etc/shadow", "/proc/kcore", "/dev/mem", "/dev/kmsg", "/var/run/docker.sock", "/workspace", "/root")) {
            places.add(Path.of(name));
        }
        String own = Long.toString(ProcessHandle.current().pid());
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (!process.endsWith(own)) {
                    for (String name : List.of("environ", "mem", "root/etc/passwd", "cwd/main.jar", "fd")) {
                        places.add(process.resolve(name));
                    }
                }
            }
        }
        places.removeIf(place -> !isSeen(place));
        System.out.println(places.isEmpty() ? "nothing" : places.toString());
    }
}
