# expect: JudgeError
# Talks on when nobody listens any more.
while True:
    print("hello " * 10_000)
