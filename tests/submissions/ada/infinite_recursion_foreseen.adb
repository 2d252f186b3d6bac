-- expect: RuntimeError
-- reason-contains: STORAGE_ERROR: the recursion is infinite, main.adb line
-- The compiler sees that there is no end, and raises the exception itself.
with Ada.Text_IO;
procedure Main is
   function F (N : Integer) return Integer is
   begin
      return F (N) + 1;
   end F;
begin
   Ada.Text_IO.Put_Line (Integer'Image (F (1)));
end Main;
