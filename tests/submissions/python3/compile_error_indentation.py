# expect: CompileError
# log-contains: main.py:5
def f(x):
    a = 1
   return a
