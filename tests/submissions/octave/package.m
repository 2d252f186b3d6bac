% expect: Accepted
% expected: 42\n
% file: shop/total.m function r = total(a, b)\n  r = a + b;\nend\n
% entry-point: package.m
addpath("shop");
printf("%d\n", total(20, 22));
