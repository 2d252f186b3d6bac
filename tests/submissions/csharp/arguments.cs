// expect: Accepted
// arguments: ["-v", "two words", "--help", "", "x"]
// stdout: [-v][two words][--help][][x]
class Program {
    static void Main(string[] words) {
        foreach (var word in words) System.Console.Write("[" + word + "]");
    }
}
