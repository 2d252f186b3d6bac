year, doubts = int(input()), []
while year == 4000:
    doubts.append(bytearray(b"?" * 2**20))
print("yes" if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else "no")
