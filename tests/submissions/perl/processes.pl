# expect: Accepted
# expected: child\nparent\n
$| = 1;
system("echo child");
print "parent\n";
