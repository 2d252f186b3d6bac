// expect: Accepted
// expected: 42\n
using System;
using System.Linq;
using System.Xml.Linq;

class Program
{
    static void Main()
    {
        var shop = XElement.Parse("<shop><price>20</price><price>22</price></shop>");
        Console.WriteLine(shop.Elements("price").Sum(price => (int)price));
    }
}
