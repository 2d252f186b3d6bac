# expect: CompileError
# log-contains: main.pl line 5
use strict;
my $x = 1;
$y = 2;
