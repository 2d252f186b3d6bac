% expect: WrongAnswer
% stdin: 20 22\n
% expected: 42\n
% reason-contains: line 1
v = fscanf(stdin, "%d");
printf("%d\n", v(1) - v(2));
