// expect: Accepted
// arguments: ["-v", "two words", "--help", "", "x"]
// stdout: [-v][two words][--help][][x]
var i: longint;
begin
  for i := 1 to paramcount do write('[', paramstr(i), ']');
end.
