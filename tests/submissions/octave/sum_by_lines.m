% expect: Accepted
% stdin: 20\n22\n
% expected: 42\n
a = str2double(fgetl(stdin));
b = str2double(fgetl(stdin));
printf("%d\n", a + b);
