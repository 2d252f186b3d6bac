// expect: RuntimeError
// reason-contains: assertion failed: x must be 4, main.pas line 8
program main;
{$C+}
var x: integer;
begin
  x := 3;
  assert(x = 4, 'x must be 4');
end.
