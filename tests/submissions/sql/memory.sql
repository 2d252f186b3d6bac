-- expect: MemoryLimitExceeded
-- limits: memory_bytes=134217728 cpu_ms=4000
create table data as
with recursive n(i) as (select 1 union all select i + 1 from n)
select randomblob(1000000) from n;
