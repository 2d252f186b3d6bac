-- expect: Accepted
-- stdin: create table people (name text, age int);\ninsert into people values ('Ada', 36), ('Alan', 41);\n
-- expected: 2\nGrace|85\nAlan|41\n
select count(*) from people;
insert into people values ('Grace', 85);
update people set age = age + 0.0;
delete from people where name = 'Ada';
create view oldest as select name, age from people order by age desc;
select * from oldest;
