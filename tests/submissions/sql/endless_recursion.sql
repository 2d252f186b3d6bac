-- expect: RuntimeError
-- stdin: create table t (n int);\n
-- reason-contains: too many levels of trigger recursion
pragma recursive_triggers = on;
create trigger again after insert on t begin insert into t values (new.n + 1); end;
insert into t values (1);
