sieve = bytearray(b"\1") * 1000
n, primes = int(input()), 0
for i in range(2, n + 1):
    if sieve[i]:
        primes += 1
        sieve[i * i :: i] = bytes(len(range(i * i, 1000, i)))
print(primes)
