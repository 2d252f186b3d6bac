# expect: WrongAnswer
# Talks on when nobody listens any more, as to a program that has left in the middle.
while True:
    print("hello " * 10_000)
