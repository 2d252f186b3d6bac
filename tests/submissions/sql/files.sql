-- expect: Accepted
-- expected: from the file\n
-- file: data/note.txt from the file\n
-- entry-point: files.sql
select trim(readfile('data/note.txt'), char(10));
