# expect: JudgeError
while True:
    pass
