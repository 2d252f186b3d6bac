-- expect: Accepted
-- stdin: create table people (name text, age int);\ninsert into people values ('Ada', 36), ('Alan', 41);\n
-- expected: Alan\n
-- file: views/oldest.sql create view oldest as select name from people order by age desc limit 1;\n
-- entry-point: package.sql
.read views/oldest.sql
select name from oldest;
