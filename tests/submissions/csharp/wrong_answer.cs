// expect: WrongAnswer
// stdin: 20 22\n
// expected: 42\n
// reason-contains: line 1
using System;

class Program
{
    static void Main()
    {
        var words = Console.ReadLine().Split(' ');
        Console.WriteLine(int.Parse(words[0]) - int.Parse(words[1]));
    }
}
