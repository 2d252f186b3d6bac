-- expect: Accepted
-- expected: 5000050000\n
with recursive depth(n, total) as (
  select 0, 0 union all select n + 1, total + n + 1 from depth where n < 100000
)
select max(total) from depth;
