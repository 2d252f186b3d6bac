-- expect: CompileError
-- log-contains: main.sql:6: near "people": syntax error
-- A line that is a command of the shell counts as one, and is not SQL.
.print what follows (
.mode csv
select name
form people;
