-- expect: RuntimeError
-- reason-contains: no such table: nobody
select * from nobody;
