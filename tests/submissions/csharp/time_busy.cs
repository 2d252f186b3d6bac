// expect: TimeLimitExceeded
// limits: cpu_ms=300
// reason-contains: CPU
class Program
{
    static void Main()
    {
        while (true) { }
    }
}
