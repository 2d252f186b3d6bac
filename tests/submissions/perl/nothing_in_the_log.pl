# expect: Accepted
# stdout: hi\n
# log-lacks: OK
use strict;
use warnings;
print "hi\n";
