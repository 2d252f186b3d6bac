-- expect: RuntimeError
-- exit-code: 1
-- reason-contains: unable to open database: /etc/own.db
attach '/etc/own.db' as own;
create table own.t (a);
