n, primes = int(input()), 0
for i in range(2, n + 1):
    if all(i % j for j in range(2, int(i**0.5) + 1)):
        primes += 1
print(primes)
