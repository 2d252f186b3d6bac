// expect: RuntimeError
// exit-code: 1
// reason-contains: IndexOutOfRangeException: Index was outside the bounds of the array
using System;

class Program
{
    static void Main() => Console.WriteLine(new int[3][3.GetHashCode()]);
}
