% expect: Accepted
% stdin: grüße, 世界\n
% expected: grüße, 世界!\n
printf("%s!\n", fgetl(stdin));
