# expect: Accepted
# stdin:  20\n\n 22 
# expected: 42\n
my @words = split " ", do { local $/; <STDIN> };
print $words[0] + $words[1], "\n";
