amount, _ = map(int, input().split())
values = list(map(int, input().split()))
fewest = [0] + [amount + 1] * amount
for value in values:
    for paid in range(value, amount + 1):
        fewest[paid] = min(fewest[paid], fewest[paid - value] + 1)
print(fewest[amount] if fewest[amount] <= amount else -1)
