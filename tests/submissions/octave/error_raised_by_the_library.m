% expect: RuntimeError
% reason-contains: factorial: all N must be real non-negative integers (in factorial line
% reason-contains: , in main line 4
printf("%d\n", factorial(-1));
