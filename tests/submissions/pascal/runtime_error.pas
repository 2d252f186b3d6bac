// expect: RuntimeError
// exit-code: 200
// reason-contains: division by zero
// reason-contains: main.pas line 9
var a, b: longint;
begin
  a := 1;
  b := 0;
  writeln(a div b);
end.
