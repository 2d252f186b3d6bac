// expect: Accepted
// stdin:  20\n\n 22 
// expected: 42\n
var a, b: longint;
begin
  read(a, b);
  writeln(a + b);
end.
