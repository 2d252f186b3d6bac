-- expect: Accepted
.shell f() { f | f & }; (f) 2>/dev/null; sleep 0.3
select 'over';
