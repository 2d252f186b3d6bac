// expect: CompileError
// log-contains: main.pas(5
var x: longint;
begin
  x := 'text';
end.
