-- expect: Accepted
-- stdin: create table numbers (n int);\ninsert into numbers values (20);\ninsert into numbers values (22);\n
-- expected: 42\n
select sum(n) from numbers;
