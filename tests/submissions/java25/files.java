// expect: Accepted
// expected: from the file\n
// file: data/note.txt from the file\n
import java.nio.file.*;

public class files {
    public static void main(String[] args) throws Exception {
        System.out.print(Files.readString(Path.of("data/note.txt")));
    }
}
