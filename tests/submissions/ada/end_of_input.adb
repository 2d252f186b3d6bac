-- expect: RuntimeError
-- reason-contains: END_ERROR: the input is read past its end, main.adb line 6
with Ada.Text_IO;
procedure End_Of_Input is
begin
   Ada.Text_IO.Put_Line (Ada.Text_IO.Get_Line);
end End_Of_Input;
