// expect: WrongAnswer
// stdin: 20 22\n
// expected: 42\n
// reason-contains: line 1
var a, b: longint;
begin
  read(a, b);
  writeln(a - b);
end.
