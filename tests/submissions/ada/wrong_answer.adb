-- expect: WrongAnswer
-- stdin: 20 22\n
-- expected: 42\n
-- reason-contains: line 1
with Ada.Integer_Text_IO; use Ada.Integer_Text_IO;
with Ada.Text_IO;
procedure Main is
   A, B : Integer;
begin
   Get (A);
   Get (B);
   Put (A - B, Width => 0);
   Ada.Text_IO.New_Line;
end Main;
