# expect: JudgeError
# 0 is what a program says that knows nothing of the format.
print("OK")
