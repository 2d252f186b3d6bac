-- expect: OutputLimitExceeded
with Ada.Text_IO;

procedure Main is
   Line : constant String (1 .. 65536) := [others => 'x'];
begin
   loop
      Ada.Text_IO.Put_Line (Line);
   end loop;
end Main;
