entries = [int(input())]
