print(sum(float(word) ** 2 for word in input().split()) ** 0.5)
