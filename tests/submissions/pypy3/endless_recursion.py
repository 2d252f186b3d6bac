# expect: RuntimeError
# reason-contains: the recursion is too deep
def depth(n):
    return depth(n + 1) + 1


print(depth(0))
