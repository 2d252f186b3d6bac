-- expect: Accepted
-- arguments: ["-v", "two words", "--help", "", "x"]
-- expected: [-v][two words][--help][][x]\n
with Ada.Command_Line;
with Ada.Text_IO;
procedure Main is
begin
   for I in 1 .. Ada.Command_Line.Argument_Count loop
      Ada.Text_IO.Put ("[" & Ada.Command_Line.Argument (I) & "]");
   end loop;
end Main;
