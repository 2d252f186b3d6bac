rest, parts = int(input()), []
while rest > 2 * (len(parts) + 1):
    parts.append(len(parts) + 1)
    rest -= parts[-1]
print(*parts, rest)
