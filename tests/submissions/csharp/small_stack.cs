// expect: Accepted
// stdin: 20 22\n
// expected: 42\n
// limits: stack_bytes=8388608
// stderr:
// A stack that is smaller than the one that programs have else.
using System;
using System.Linq;

class Program {
    static void Main() {
        Console.WriteLine(Console.ReadLine().Split(' ').Select(int.Parse).Sum());
    }
}
