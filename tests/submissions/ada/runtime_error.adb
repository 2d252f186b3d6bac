-- expect: RuntimeError
-- exit-code: 1
-- reason-contains: CONSTRAINT_ERROR
-- reason-contains: main.adb line 10
procedure Main is
   A : array (1 .. 3) of Integer := (others => 1);
   I : Integer := 3;
begin
   I := I + A (1);
   A (I) := 0;
end Main;
