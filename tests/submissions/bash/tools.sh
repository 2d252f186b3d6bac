# expect: Accepted
# stdin: b\na\nb\n
# expected: 2 b\n
sort | uniq -c | sort -rn | head -n 1 | awk '{ print $1, $2 }'
