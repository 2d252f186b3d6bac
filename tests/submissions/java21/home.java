// expect: Accepted
// stdout: /w true\n
public class Main {
    public static void main(String[] args) {
        System.out.println(System.getProperty("user.home") + " " + !"?".equals(System.getProperty("user.name")));
    }
}
