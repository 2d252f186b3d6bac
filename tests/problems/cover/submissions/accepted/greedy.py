_, length = map(int, input().split())
end = None
for hole in map(int, input().split()):
    if end is None or hole > end:
        print(hole)
        end = hole + length
