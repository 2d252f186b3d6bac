-- expect: RuntimeError
-- stdout: 42\n
-- reason-contains: CONSTRAINT_ERROR: explicit raise, main.adb line 22
-- A package, its body and the program in one source, and what Ada has since 2022.
package Prices is
   function Doubled (Number : Integer) return Integer;
end Prices;

package body Prices is
   function Doubled (Number : Integer) return Integer is (2 * Number);
end Prices;

with Ada.Text_IO;
with Prices;
procedure Main is
   Number : Integer := 20;
   Text   : String (1 .. 2);
begin
   Number := @ + 1;
   Text := Prices.Doubled (Number)'Image (2 .. 3);
   Ada.Text_IO.Put_Line (Text);
   raise Constraint_Error;
end Main;
