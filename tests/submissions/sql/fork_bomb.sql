-- expect: Accepted
-- stdout: bounded\nover\n
-- The shell may find no process for a program of its own, and ends then.
.shell trap 'read l <e && echo bounded' EXIT; f() { f | f & }; (f) 2>e; sleep 0.3
select 'over';
