-- expect: CompileError
-- log-contains: main.sql:5: incomplete input
select name from people;

select age from
