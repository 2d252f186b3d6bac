-- expect: RuntimeError
-- exit-code: 1
-- reason-contains: unknown command or invalid arguments:  "colums"
.colums
select 1;
