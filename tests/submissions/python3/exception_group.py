# expect: RuntimeError
# reason-contains: ExceptionGroup: three wrongs (2 sub-exceptions), main.py line 8
# stdout: begun\n
print("begun", flush=True)


def wrongs():
    raise ExceptionGroup("three wrongs", [ValueError("one"), ExceptionGroup("two", [KeyError("k")])])


wrongs()
