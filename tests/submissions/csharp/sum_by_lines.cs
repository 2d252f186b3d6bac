// expect: Accepted
// stdin: 20\n22\n
// expected: 42\n
using System;

class Program
{
    static void Main() => Console.WriteLine(int.Parse(Console.ReadLine()) + int.Parse(Console.ReadLine()));
}
