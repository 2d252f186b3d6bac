// expect: Accepted
// stdout: from the usual one\n
class Helper {
    void main() {
        IO.println("from the helper");
    }
}

public class Whatever {
    public static void main(String[] args) {
        IO.println("from the usual one");
    }
}
