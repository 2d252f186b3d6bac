// expect: OutputLimitExceeded
class Program {
    static void Main() {
        var line = new string('x', 65536);
        while (true) System.Console.WriteLine(line);
    }
}
