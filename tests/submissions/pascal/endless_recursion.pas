// expect: RuntimeError
// reason-contains: recursion
program endless;
function f(n: longint): longint;
begin
  f := f(n + 1) * 3 + n mod 7;
end;
begin
  writeln(f(1));
end.
