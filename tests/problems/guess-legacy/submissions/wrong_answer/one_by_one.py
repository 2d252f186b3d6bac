guess = 1
print(guess, flush=True)
while (reply := input()) != "correct":
    guess += 1
    print(guess, flush=True)
