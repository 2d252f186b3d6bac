rest, part = int(input()), 1
while rest > 2 * part:
    print(part)
    rest -= part
    part += 1
print(rest)
