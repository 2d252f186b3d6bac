# expect: OutputLimitExceeded
my $line = "x" x 65536;
print "$line\n" while 1;
