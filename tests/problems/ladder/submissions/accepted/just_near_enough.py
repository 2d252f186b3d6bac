# Off by nine tenths of what is allowed.
print(sum(float(word) ** 2 for word in input().split()) ** 0.5 * (1 + 9e-7))
