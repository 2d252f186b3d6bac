// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
using System;

class Program
{
    static void Main()
    {
        var letters = Console.ReadLine().ToCharArray();
        Array.Reverse(letters);
        Console.WriteLine(new string(letters));
    }
}
