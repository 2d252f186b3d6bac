-- expect: Accepted
-- expected: 4\n
with Ada.Text_IO;
procedure Main is
   protected Count is
      procedure Add;
      function Value return Integer;
   private
      Number : Integer := 0;
   end Count;
   protected body Count is
      procedure Add is
      begin
         Number := Number + 1;
      end Add;
      function Value return Integer is (Number);
   end Count;
begin
   declare
      task type Worker;
      task body Worker is
      begin
         Count.Add;
      end Worker;
      Workers : array (1 .. 4) of Worker;
   begin
      null;
   end;
   Ada.Text_IO.Put_Line (Integer'Image (Count.Value) (2 .. 2));
end Main;
