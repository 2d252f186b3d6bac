// expect: Accepted
// stdout: refused\n
uses sysutils;
begin
  if fileopen('/proc/1/environ', fmopenread) < 0 then writeln('refused') else writeln('opened');
end.
