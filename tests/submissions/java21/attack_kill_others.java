// expect: Accepted
// stdout: 0\n
public class Main {
    public static void main(String[] args) {
        long killed = ProcessHandle.allProcesses()
            .filter(process -> process.pid() != ProcessHandle.current().pid())
            .filter(ProcessHandle::destroyForcibly)
            .count();
        System.out.println(killed);
    }
}
