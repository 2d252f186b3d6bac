% expect: Accepted
% stdout: Hello, world!\n
disp("Hello, world!");
