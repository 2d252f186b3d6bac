# expect: Accepted
# stdin: 20\n22\n
# expected: 42\n
read -r a
read -r b
echo $((a + b))
