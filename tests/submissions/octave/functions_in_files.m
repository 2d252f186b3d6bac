% expect: Accepted
% expected: 42\n
% file: total.m function r = total(a, b)\n  r = a + b;\nend\n
% entry-point: functions_in_files.m
printf("%d\n", total(20, 22));
