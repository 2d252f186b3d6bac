# expect: Accepted
# stdout: Hello\n
echo Hello
