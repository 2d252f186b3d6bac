# expect: Accepted
# expected: 5000050000\n
no warnings "recursion";

sub depth {
    my ($n) = @_;
    return $n == 0 ? 0 : $n + depth($n - 1);
}

print depth(100000), "\n";
