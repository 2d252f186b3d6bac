# Every number is a prime. One of each group is not.
input()
print(2)
