// expect: Accepted
// stdout: 13:00 differ É\n
import std.datetime, std.random, std.stdio, std.uni;

void main() {
    auto clock = SysTime.fromUnixTime(1_699_963_200, PosixTimeZone.getTimeZone("Europe/Paris"));
    writefln("%02d:%02d %s %s", clock.hour, clock.minute, uniform!ulong == uniform!ulong ? "same" : "differ", "é".toUpper);
}
