# expect: CompileError
# log-contains: main.py:6
def f(x):
    return x

print(f(1)
print(f(2))
