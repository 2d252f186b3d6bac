// expect: OutputLimitExceeded
var
  line: string;
begin
  line := StringOfChar('x', 255);
  while true do writeln(line);
end.
