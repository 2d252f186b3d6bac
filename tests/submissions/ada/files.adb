-- expect: Accepted
-- expected: from the file\n
-- file: data/note.txt from the file\n
-- entry-point: files.adb
with Ada.Text_IO; use Ada.Text_IO;
procedure Files is
   File : File_Type;
begin
   Open (File, In_File, "data/note.txt");
   Put_Line (Get_Line (File));
end Files;
