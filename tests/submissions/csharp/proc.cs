// expect: Accepted
// stdout: refused\n
using System;
using System.IO;

class Program
{
    static void Main()
    {
        try
        {
            Console.WriteLine(File.ReadAllBytes("/proc/1/environ").Length + " bytes");
        }
        catch (UnauthorizedAccessException)
        {
            Console.WriteLine("refused");
        }
    }
}
