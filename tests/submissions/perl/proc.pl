# expect: Accepted
# stdout: refused\n
print open(my $file, "<", "/proc/1/environ") ? "opened\n" : "refused\n";
