// expect: Accepted
// stdout: bounded\n
using System;
using System.Collections.Generic;
using System.Diagnostics;

class Program
{
    static void Main()
    {
        var children = new List<Process>();
        try
        {
            while (children.Count < 5000)
                children.Add(Process.Start(new ProcessStartInfo("/bin/sleep", "60") { UseShellExecute = false }));
        }
        catch (Exception)
        {
            Console.WriteLine("bounded");
        }
        foreach (var child in children) child.Kill();
    }
}
