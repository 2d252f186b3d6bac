# expect: RuntimeError
# reason-contains: Illegal division by zero, main.pl line 7
use warnings;
my $none;
my $sum = $none + 1;
my $zero = $sum - 1;
print 1 / $zero;
