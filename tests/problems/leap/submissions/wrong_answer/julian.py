print("yes" if int(input()) % 4 == 0 else "no")
