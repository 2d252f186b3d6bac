input()
print("".join("ab"[at % 2] for at in range(len(input().split()))))
