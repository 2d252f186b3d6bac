// expect: CompileError
// reason-contains: the compiler (Mono's) takes C# 7
class Program {
    static void Main() {
        string? name = null;
        System.Console.WriteLine(name);
    }
}
