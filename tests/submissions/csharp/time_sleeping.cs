// expect: TimeLimitExceeded
// limits: cpu_ms=400 wall_ms=1500
// reason-contains: on the clock
class Program
{
    static void Main() => System.Threading.Thread.Sleep(30000);
}
