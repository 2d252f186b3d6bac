# expect: RuntimeError
# reason-contains: Illegal division by zero
# reason-contains: main.pl line 5
my $zero = 0;
print 1 / $zero;
