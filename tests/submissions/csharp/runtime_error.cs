// expect: RuntimeError
// exit-code: 1
// reason-contains: IndexOutOfRangeException: Index was outside the bounds of the array
// reason-contains: main.cs line 12
using System;

class Program
{
    static void Main()
    {
        var numbers = new int[3];
        Console.WriteLine(numbers[numbers.Length]);
    }
}
