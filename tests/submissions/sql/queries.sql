-- expect: Accepted
-- stdin: create table people (name text, age int);\ninsert into people values ('Ada', 36), ('Alan', 41);\n
-- expected: Alan|41\nAda|36\n
select name, age from people order by age desc;
