// expect: Accepted
// stdout: Hello\n
begin writeln('Hello') end.
