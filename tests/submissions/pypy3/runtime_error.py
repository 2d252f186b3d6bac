# expect: RuntimeError
# reason-contains: IndexError: list index out of range
# reason-contains: line 6
# exit-code: 1
def f(values):
    return values[3]

print(f([1, 2, 3]))
