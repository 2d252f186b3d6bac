// expect: Accepted
// expected: 5000050000\n
using System;

class Program
{
    static long Depth(int n) => n == 0 ? 0 : n + Depth(n - 1);

    static void Main() => Console.WriteLine(Depth(100000));
}
