// expect: Accepted
// expected: 5000050000\n
function depth(n: int64): int64;
begin
  if n = 0 then depth := 0 else depth := n + depth(n - 1);
end;

begin
  writeln(depth(100000));
end.
