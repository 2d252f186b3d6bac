// expect: Accepted
// expected: child\nparent\n
uses baseunix;
var child: tpid; status: cint;
begin
  child := fpfork;
  if child = 0 then begin
    writeln('child');
    flush(output);
    fpexit(0);
  end;
  fpwaitpid(child, status, 0);
  writeln('parent');
end.
