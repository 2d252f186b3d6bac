# expect: WrongAnswer
# stdin: 20 22\n
# expected: 42\n
# reason-contains: line 1
my ($a, $b) = split " ", <STDIN>;
print $a - $b, "\n";
