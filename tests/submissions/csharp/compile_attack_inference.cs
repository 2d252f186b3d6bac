// expect: CompileError
// compile-limits: cpu_ms=3000 wall_ms=60000
// reason-contains: CPU
using System;

class Program
{
    static int Call(Func<int, int> f) => 0;
    static string Call(Func<string, string> f) => "";

    static void Main()
    {
        // Each level is looked at as an argument of either.
        Console.WriteLine(Call(a0 => Call(a1 => Call(a2 => Call(a3 => Call(a4 => Call(a5 => Call(a6 => Call(a7 => Call(a8 => Call(a9 => Call(a10 => Call(a11 => Call(a12 => Call(a13 => Call(a14 => Call(a15 => Call(a16 => Call(a17 => Call(a18 => Call(a19 => Call(a20 => Call(a21 => Call(a22 => Call(a23 => Call(a24 => Call(a25 => Call(a26 => Call(a27 => Call(a28 => Call(a29 =>  a0.Length)))))))))))))))))))))))))))))));
    }
}
