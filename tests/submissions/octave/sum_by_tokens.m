% expect: Accepted
% stdin:  20\n\n 22 
% expected: 42\n
printf("%d\n", sum(fscanf(stdin, "%d")));
