// expect: Accepted
// expected: 4\n
using System;
using System.Linq;
using System.Threading.Tasks;

class Program
{
    static void Main() => Console.WriteLine(Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => 1))).Result.Sum());
}
