def has_two(number):
    return number > 0 and (number % 3 == 2 or has_two(number // 3))


print(*(mark + 1 for mark in range(int(input())) if not has_two(mark)))
