import os

with open("ledger.txt") as ledger, open("other.txt", "w") as other:
    other.write(f"{sum(map(int, ledger))}\n")
os.symlink("other.txt", "balance.txt")
