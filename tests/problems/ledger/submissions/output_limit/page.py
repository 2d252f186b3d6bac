with open("balance.txt", "w") as balance:
    balance.write("0\n" * 1_000_000)
