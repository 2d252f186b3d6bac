-- expect: CompileError
-- log-contains: main.adb:11:
-- log-lacks: only one compilation unit
procedure Helper is
begin
   null;
end Helper;
with Helper;
procedure Main is
begin
   Helpe;
end Main;
