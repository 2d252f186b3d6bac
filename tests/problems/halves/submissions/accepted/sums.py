input()
weights = list(map(int, input().split()))
reached = {0: ""}  # what A holds, and how
for weight in weights:
    reached = {sum: pans + "B" for sum, pans in reached.items()} | {
        sum + weight: pans + "A" for sum, pans in reached.items()
    }
print(reached[min(reached, key=lambda held: abs(2 * held - sum(weights)))])
