# expect: Accepted
# expected: 1000\n
depth() {
  if [ "$1" = 1000 ]; then echo "$1"; else depth $(($1 + 1)); fi
}
depth 0
