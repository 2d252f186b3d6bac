-- expect: Accepted
-- stdin: 20\n22\n
-- expected: 42\n
with Ada.Text_IO; use Ada.Text_IO;
procedure Main is
   A : constant Integer := Integer'Value (Get_Line);
   B : constant Integer := Integer'Value (Get_Line);
   Image : constant String := Integer'Image (A + B);
begin
   Put_Line (Image (2 .. Image'Last));
end Main;
