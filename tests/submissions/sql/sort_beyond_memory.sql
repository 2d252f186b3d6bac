-- expect: MemoryLimitExceeded
-- limits: cpu_ms=5000 memory_bytes=33554432
-- reason-contains: of memory allowed
with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000000)
select count(*) from (select hex(randomblob(60)) as h from n order by h);
