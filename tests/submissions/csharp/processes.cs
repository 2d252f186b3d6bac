// expect: Accepted
// expected: child\nparent\n
using System;
using System.Diagnostics;

class Program
{
    static void Main()
    {
        var start = new ProcessStartInfo("/bin/echo", "child") { UseShellExecute = false, RedirectStandardOutput = true };
        using (var child = Process.Start(start)) Console.Write(child.StandardOutput.ReadToEnd());
        Console.WriteLine("parent");
    }
}
