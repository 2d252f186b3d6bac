-- expect: Accepted
-- expected: child\nparent\n
with Ada.Text_IO; use Ada.Text_IO;
with GNAT.OS_Lib; use GNAT.OS_Lib;
procedure Main is
   Words : constant Argument_List := (1 => new String'("child"));
   Done  : Boolean;
begin
   Spawn ("/bin/echo", Words, Done);
   Put_Line (if Done then "parent" else "failed");
end Main;
