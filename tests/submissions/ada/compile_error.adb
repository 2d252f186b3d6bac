-- expect: CompileError
-- log-contains: main.adb:5
procedure Main is
begin
   X := 1;
end Main;
