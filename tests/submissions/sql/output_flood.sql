-- expect: OutputLimitExceeded
with recursive n(i) as (select 1 union all select i + 1 from n) select hex(zeroblob(32768)) from n;
