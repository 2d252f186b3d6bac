if input() == "write":
    print("ab")
else:
    while True:
        pass
