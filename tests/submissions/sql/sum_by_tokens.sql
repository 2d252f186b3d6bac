-- expect: Accepted
-- stdin: create table\n numbers(n int);insert  into numbers\nvalues (20),\n(22) ;\n
-- expected: 42\n
select a.n + b.n
from numbers as a
join numbers as b on a.n < b.n;
