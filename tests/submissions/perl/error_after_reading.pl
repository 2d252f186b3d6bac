# expect: RuntimeError
# stdin: 0\n
# reason-contains: Illegal division by zero, main.pl line 5
while (<>) {
    print 1 / $_, "\n";
}
