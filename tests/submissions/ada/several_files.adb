-- expect: Accepted
-- expected: 42\n
-- file: shop.ads package Shop is\n   function Total (A, B : Integer) return Integer;\nend Shop;\n
-- file: shop.adb package body Shop is\n   function Total (A, B : Integer) return Integer is (A + B);\nend Shop;\n
-- entry-point: several_files.adb
with Ada.Integer_Text_IO; use Ada.Integer_Text_IO;
with Ada.Text_IO;
with Shop;
procedure Several_Files is
begin
   Put (Shop.Total (20, 22), Width => 0);
   Ada.Text_IO.New_Line;
end Several_Files;
