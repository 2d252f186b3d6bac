// expect: RuntimeError
// exit-code: 217
// stdin: 7\n
// reason-contains: EDivByZero: Division by zero, main.pas line 9
uses SysUtils;
var n: integer;
begin
  readln(n);
  writeln(10 div (n - 7));
end.
