if input() == "write":
    print("ab")
else:
    text = "ab"
    while True:
        text += text
