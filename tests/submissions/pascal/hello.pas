// expect: Accepted
// stdout: Hello, world!\n
begin
  writeln('Hello, world!');
end.
