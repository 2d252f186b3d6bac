year = int(input())
print("yes" if year % 4 == 0 and year % 100 != 0 else "no")
