# 40: right where each value divides the next one.
amount, _ = map(int, input().split())
coins = 0
for value in sorted(map(int, input().split()), reverse=True):
    coins += amount // value
    amount %= value
print(coins if amount == 0 else -1)
