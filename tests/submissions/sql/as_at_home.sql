-- expect: Accepted
-- stdout: 12:00|1\n
select strftime('%H:%M', 1699963200, 'unixepoch'), random() <> random();
