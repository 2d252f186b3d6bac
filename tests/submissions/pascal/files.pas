// expect: Accepted
// expected: from the file\n
// file: data/note.txt from the file\n
var f: text; line: string;
begin
  assign(f, 'data/note.txt');
  reset(f);
  readln(f, line);
  writeln(line);
end.
