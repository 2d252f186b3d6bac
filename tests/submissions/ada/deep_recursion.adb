-- expect: Accepted
-- expected: 5000050000\n
with Ada.Long_Long_Integer_Text_IO; use Ada.Long_Long_Integer_Text_IO;
with Ada.Text_IO;
procedure Main is
   function Depth (N : Long_Long_Integer) return Long_Long_Integer is
     (if N = 0 then 0 else N + Depth (N - 1));
begin
   Put (Depth (100_000), Width => 0);
   Ada.Text_IO.New_Line;
end Main;
