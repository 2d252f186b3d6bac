-- expect: Accepted
-- stdout: \n
select readfile('/proc/1/environ');
