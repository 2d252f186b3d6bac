% expect: Accepted
% expected: child\nparent\n
system("echo child");
puts("parent\n");
