// expect: RuntimeError
// limits: cpu_ms=5000
// reason-contains: the recursion is too deep
using System;

class Program
{
    static int Depth(int n) => Depth(n + 1) + 1;

    static void Main() => Console.WriteLine(Depth(0));
}
