// expect: CompileError
// log-contains: (7
class Program
{
    static void Main()
    {
        int x = "text";
    }
}
