-- expect: Accepted
-- stdout:  60 differ\n
with Ada.Calendar.Formatting, Ada.Calendar.Time_Zones;
with Ada.Environment_Variables, Ada.Numerics.Float_Random, Ada.Text_IO;
procedure Main is
   use Ada.Numerics.Float_Random;
   procedure Read_Zone with Import, Convention => C, External_Name => "tzset";
   Noon   : constant Ada.Calendar.Time := Ada.Calendar.Formatting.Time_Of (2023, 11, 14, 12, 0, 0);
   Source : Generator;
begin
   Ada.Environment_Variables.Set ("TZ", "Europe/Paris");
   Read_Zone;
   Reset (Source);
   Ada.Text_IO.Put_Line
     (Ada.Calendar.Time_Zones.UTC_Time_Offset (Noon)'Image
      & (if Random (Source) = Random (Source) then " same" else " differ"));
end Main;
