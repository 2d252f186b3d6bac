// expect: RuntimeError
// reason-contains: StackOverflowError: the recursion is too deep, within the library
// Each letter is a call of the library's: none of those that are told is the program's own.
public class Main {
    public static void main(String[] args) {
        System.out.println("ab".repeat(2_500_000).matches("(a|b)*"));
    }
}
