// expect: Accepted
// stdin:  20\n\n 22 
// expected: 42\n
using System;
using System.Linq;

class Program
{
    static void Main()
    {
        var words = Console.In.ReadToEnd().Split((char[]) null, StringSplitOptions.RemoveEmptyEntries);
        Console.WriteLine(words.Select(int.Parse).Sum());
    }
}
