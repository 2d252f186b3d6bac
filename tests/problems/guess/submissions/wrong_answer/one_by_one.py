n, most = map(int, input().split())
for guess in range(1, n + 1):
    print(guess, flush=True)
    try:
        if input() == "=":
            break
    except EOFError:  # the judge has had enough
        break
