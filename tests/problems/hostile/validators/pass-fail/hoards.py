# expect: JudgeError
hoard = []
while True:
    hoard.append(bytearray(b"x" * 2**20))
