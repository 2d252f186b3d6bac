// expect: Accepted
// stdout: gone\n
// max-wall-ms: 2500
public class Main {
    public static void main(String[] args) throws Exception {
        new ProcessBuilder("sh", "-c", "setsid sleep 60 &").inheritIO().start().waitFor();
        System.out.println("gone");
    }
}
