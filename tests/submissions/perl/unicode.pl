# expect: Accepted
# stdin: grüße, 世界\n
# expected: 界世 ,eßürg\n
use utf8;
use open qw(:std :encoding(UTF-8));

chomp(my $line = <STDIN>);
print scalar reverse($line), "\n";
