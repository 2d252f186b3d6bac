// expect: Accepted
// expected: the one that was asked for\n
// entry-point: entry_point.cs
// file: Other.cs class Other { static void Main() { System.Console.WriteLine("another"); } }\n
namespace Asked
{
    class Here
    {
        static int Main(string[] arguments)
        {
            System.Console.WriteLine("the one that was asked for");
            return 0;
        }
    }
}
