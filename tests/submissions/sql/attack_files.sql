-- expect: Accepted
-- stdout: 0\n
select count(readfile('/etc/shadow')) + count(readfile('/var/run/docker.sock')) + count(readfile('/proc/1/mem'))
  + coalesce(writefile('/usr/share/gavel/check.sh', 'x'), 0);
