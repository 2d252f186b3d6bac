# expect: Accepted
# stdin: 20\n22\n
# expected: 42\n
my $a = <STDIN>;
my $b = <STDIN>;
print $a + $b, "\n";
