-- expect: Accepted
-- expected:  42\n
-- file: shop/prices.ads package Prices is\n   function Total (A, B : Integer) return Integer;\nend Prices;\n
-- file: shop/prices.adb package body Prices is\n   function Total (A, B : Integer) return Integer is (A + B);\nend Prices;\n
-- entry-point: folders.adb
with Ada.Text_IO, Prices;
procedure Folders is
begin
   Ada.Text_IO.Put_Line (Integer'Image (Prices.Total (20, 22)));
end Folders;
