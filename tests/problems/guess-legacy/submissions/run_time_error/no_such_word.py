low, high = 1, 1_000_000
steps = {"smaller": -1, "greater": 1, "correct": 0}
while low <= high:
    guess = (low + high) // 2
    print(guess, flush=True)
    step = steps[input()]  # a KeyError at the first reply
    low, high = (low, guess - 1) if step < 0 else (guess + 1, high)
