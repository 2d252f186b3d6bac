M = 10**9 + 7


def pair(n):
    """The ways of n - 1 and of n steps."""
    if n == 0:
        return 0, 1
    before, ways = pair(n // 2)
    both = before + ways
    if n % 2:
        return (before * before + ways * ways) % M, (ways * both + before * ways) % M
    return before * (2 * ways - before) % M, (before * before + ways * ways) % M


print(pair(int(input()))[1])
