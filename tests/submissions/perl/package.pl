# expect: Accepted
# expected: 42\n
# file: Shop/Prices.pm package Shop::Prices;\nsub total { return $_[0] + $_[1] }\n1;\n
# entry-point: package.pl
use Shop::Prices;

print Shop::Prices::total(20, 22), "\n";
