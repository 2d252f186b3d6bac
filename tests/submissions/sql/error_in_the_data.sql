-- expect: RuntimeError
-- stdin: create table people (name text);\ninsert into nobody values (1);\n
-- reason-contains: near line 2: no such table: nobody
select 1;
