// expect: CompileError
// log-contains: main.cs(6
// reason-contains: perhaps C# of a newer version
class Program {
    static void Main() {
        System.Console.WriteLine(3 switch { 3 => "three", _ => "other" });
    }
}
