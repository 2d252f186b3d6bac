-- expect: Accepted
-- stdout: unwritten\nunread\nuntouched\nbox\n
.system cat /etc/shadow /proc/1/environ /var/run/docker.sock 2>/dev/null || echo unwritten
.import '|cat /proc/1/environ 2>/dev/null; echo unread; echo unread' t
select * from t;
.output '|cat >/usr/share/gavel/check.sh 2>/dev/null || { cat >/dev/null; echo untouched; }'
select 'x';
.output
attach 'own.db' as own;
create table own.t (place);
insert into own.t values ('box');
select * from own.t;
