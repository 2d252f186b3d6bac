print(500000, flush=True)
replies = input()
while True:
    replies += replies
