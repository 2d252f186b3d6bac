# Off by eleven tenths of what is allowed, where the length is more than 1.
print(sum(float(word) ** 2 for word in input().split()) ** 0.5 * (1 + 1.1e-6))
