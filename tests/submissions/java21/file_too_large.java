// expect: OutputLimitExceeded
// limits: file_bytes=1048576
// reason-contains: a file larger than the 1 MiB allowed
import java.io.FileOutputStream;

class Flood {
    public static void main(String[] args) throws Exception {
        try (FileOutputStream file = new FileOutputStream("file")) {
            while (true) file.write(new byte[65536]);
        }
    }
}
