# Asks everything twice: few enough questions for one interactor, too many for the other.
low, high, reply = 1, 1_000_000, ""
while reply != "correct":
    guess = (low + high) // 2
    for _ in range(2):
        print(guess, flush=True)
        if (reply := input()) == "correct":
            break
    if reply == "lower":
        high = guess - 1
    if reply == "higher":
        low = guess + 1
