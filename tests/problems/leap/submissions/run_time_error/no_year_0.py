year = int(input())
in_century = year % 100
print("yes" if year % 4 == 0 and in_century / in_century == 1 else "no")
