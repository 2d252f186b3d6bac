// expect: Accepted
// stdout: 13:00 differ É\n
using System;

class Program
{
    static void Main()
    {
        var noon = new DateTime(2023, 11, 14, 12, 0, 0, DateTimeKind.Utc);
        var paris = TimeZoneInfo.ConvertTimeFromUtc(noon, TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris"));
        var drawn = Guid.NewGuid() == Guid.NewGuid() ? "same" : "differ";
        Console.WriteLine("{0:HH:mm} {1} {2}", paris, drawn, "é".ToUpper());
    }
}
