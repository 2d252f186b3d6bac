n, _ = map(int, input().split())
low, high, reply = 1, n, ""
while reply != "=":
    guess = (low + high) // 2
    print(guess, flush=True)
    reply = input()
    low, high = (low, guess - 1) if reply == "<" else (guess + 1, high)
