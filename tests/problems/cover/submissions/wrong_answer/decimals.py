_, length = map(int, input().split())
for hole in map(int, input().split()):
    print(hole - length / 2)
