-- expect: CompileError
-- log-contains: main.sql:6: near "people": syntax error
-- log-lacks: no such table
-- A statement is told by its first line.
select count(*) from people;
select name
form people
where age > 40;
