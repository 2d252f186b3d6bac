-- expect: RuntimeError
-- reason-contains: STORAGE_ERROR: the recursion is too deep
with Ada.Text_IO;
procedure Main is
   function F (N : Long_Integer) return Long_Integer is
   begin
      if N < 0 then return 0; end if;
      return F (N + 1) mod 1000 + N mod 7;
   end F;
begin
   Ada.Text_IO.Put_Line (Long_Integer'Image (F (1)));
end Main;
