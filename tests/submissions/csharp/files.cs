// expect: Accepted
// expected: from the file\n
// file: data/note.txt from the file\n
class Program
{
    static void Main() => System.Console.Write(System.IO.File.ReadAllText("data/note.txt"));
}
