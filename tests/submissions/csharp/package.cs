// expect: Accepted
// expected: 42\n
// file: shop/Prices.cs namespace Shop\n{\n    public static class Prices\n    {\n        public static int Total(int a, int b) => a + b;\n    }\n}\n
class Program
{
    static void Main() => System.Console.WriteLine(Shop.Prices.Total(20, 22));
}
