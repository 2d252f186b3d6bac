// expect: Accepted
// expected: 3\n
// file: Util.java class Util { static int three() { return 3; } }
// log-lacks: warning
public class Main {
    public static void main(String[] args) {
        System.out.println(Util.three());
    }
}
