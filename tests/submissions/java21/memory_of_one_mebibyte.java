// expect: MemoryLimitExceeded
// limits: memory_bytes=1048576
// reason-contains: the Java virtual machine does not start with so little memory
public class Main {
    public static void main(String[] args) { System.out.println("hello"); }
}
