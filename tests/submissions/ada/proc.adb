-- expect: Accepted
-- stdout: refused\n
with Ada.Text_IO; use Ada.Text_IO;
procedure Main is
   File : File_Type;
begin
   Open (File, In_File, "/proc/1/environ");
   Put_Line (Get_Line (File));
exception
   when Name_Error | Use_Error => Put_Line ("refused");
end Main;
