-- expect: RuntimeError
-- stdin: create table people (name text, age int);\ninsert into people values ('Ada', 36), ('Alan', 41);\n
-- reason-contains: near line 5: no such column: height
select name from people;
select height from people;
