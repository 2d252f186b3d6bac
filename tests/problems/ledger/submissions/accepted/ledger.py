with open("ledger.txt") as ledger, open("balance.txt", "w") as balance:
    print("this is not looked at")
    balance.write(f"{sum(map(int, ledger))}\n")
