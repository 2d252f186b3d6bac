-- expect: Accepted
-- stdin: grüße, 世界\n
-- expected: 界世 ,eßürg\n
with Ada.Strings.UTF_Encoding.Wide_Wide_Strings; use Ada.Strings.UTF_Encoding.Wide_Wide_Strings;
with Ada.Text_IO; use Ada.Text_IO;
procedure Main is
   Line : constant Wide_Wide_String := Decode (Get_Line);
   Turned : Wide_Wide_String (Line'Range);
begin
   for I in Line'Range loop
      Turned (Line'Last - I + Line'First) := Line (I);
   end loop;
   Put_Line (Encode (Turned));
end Main;
