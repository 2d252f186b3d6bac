// expect: Accepted
// stdin: 20\n22\n
// expected: 42\n
var a, b: longint;
begin
  readln(a);
  readln(b);
  writeln(a + b);
end.
