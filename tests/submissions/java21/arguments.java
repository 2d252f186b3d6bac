// expect: Accepted
// arguments: ["-v", "two words", "--help", "", "x"]
// stdout: [-v][two words][--help][][x]
public class Main {
    public static void main(String[] args) {
        for (String word : args) System.out.print("[" + word + "]");
    }
}
