# expect: Accepted
# expected: child\nparent\n
bash -c "echo child"
echo parent
