// expect: CompileError
// log-contains: main.cs(5
// reason-contains: outside of a class there are no statements
using System;
Console.WriteLine("hi");
