length = sum(float(word) ** 2 for word in input().split()) ** 0.5
print(f"{length:.9f}".replace(".", ","))
