// expect: Accepted
// stdin: 20\n22\n
// expected: 42\n
import java.io.*;

public class Main {
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        System.out.println(Integer.parseInt(in.readLine()) + Integer.parseInt(in.readLine()));
    }
}
