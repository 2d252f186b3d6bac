// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
var line, reversed, letter: string; i: longint;
begin
  readln(line);
  reversed := '';
  letter := '';
  for i := 1 to length(line) do begin
    // All bytes of a letter but the first begin with the bits 10.
    if (ord(line[i]) and $c0 <> $80) then begin
      reversed := letter + reversed;
      letter := '';
    end;
    letter := letter + line[i];
  end;
  writeln(letter + reversed);
end.
