-- expect: RuntimeError
-- stdin: create table people (name text primary key);\ninsert into people values ('Ada');\n
-- reason-contains: UNIQUE constraint failed: people.name
insert into people values ('Ada');
