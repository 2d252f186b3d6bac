with open("ledger.txt") as ledger:
    print(sum(map(int, ledger)))
