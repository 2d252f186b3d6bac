# Waits for a reply before it asks: so each waits for the other.
reply = input()
print(1, flush=True)
