-- expect: WrongAnswer
-- stdin: create table people (name text);\ninsert into people values ('Ada');\n
-- expected: Ada\n
select count(*) from people;
