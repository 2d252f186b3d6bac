// expect: Accepted
// stdout: refused\n
import std.file, std.stdio;

void main() {
    try
        writeln(read("/proc/1/environ").length, " bytes");
    catch (FileException refused)
        writeln("refused");
}
