-- expect: RuntimeError
-- reason-contains: STORAGE_ERROR: explicit raise, main.adb line 5
procedure Main is
begin
   raise Storage_Error;
end Main;
