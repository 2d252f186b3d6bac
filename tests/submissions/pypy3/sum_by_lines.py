# expect: Accepted
# stdin: 20\n22\n
# expected: 42\n
a = int(input())
b = int(input())
print(a + b)
