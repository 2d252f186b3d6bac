-- expect: Accepted
-- stdin: create table files (name text, b int);\ninsert into files values ('x', 7);\n
-- expected: a\n.b (\n7\nx,7\nend\n
-- Within a text, a comment and a statement they are no commands of the shell.
select 'a
.b (';
select files
.b from files; /* a note
.mode nonsense ( */
.mode csv
select * from files;
.print end
