-- expect: Accepted
-- expected: 4\n
with Ada.Text_IO;

procedure Main is
   protected Done is
      procedure Add;
      function Count return Natural;
   private
      Number : Natural := 0;
   end Done;

   protected body Done is
      procedure Add is
      begin
         Number := Number + 1;
      end Add;

      function Count return Natural is (Number);
   end Done;

   procedure Work is
      task type Worker;

      task body Worker is
      begin
         Done.Add;
      end Worker;

      Workers : array (1 .. 4) of Worker;
      pragma Unreferenced (Workers);
   begin
      null;
   end Work;
begin
   Work;
   Ada.Text_IO.Put_Line (Integer'Image (Done.Count) (2 .. 2));
end Main;
