-- expect: TimeLimitExceeded
-- limits: cpu_ms=300 wall_ms=10000
-- reason-contains: CPU
with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n;
