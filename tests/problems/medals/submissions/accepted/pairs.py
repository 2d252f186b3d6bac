number = int(input())
found, divisor = 0, 1
while divisor * divisor < number:
    found += 2 * (number % divisor == 0)
    divisor += 1
print(found + (divisor * divisor == number))
