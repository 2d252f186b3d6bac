# expect: WrongAnswer
# stdin: 20 22\n
# expected: 42\n
# reason-contains: line 1
a, b = map(int, input().split())
print(a - b)
