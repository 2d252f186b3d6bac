-- expect: Accepted
-- stdout: 1|0\n
select readfile('/proc/1/environ') is null, readfile('/proc/self/environ') is null;
