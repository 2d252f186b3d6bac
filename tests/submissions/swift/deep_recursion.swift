// expect: Accepted
// expected: 5000050000\n
func depth(_ n: Int) -> Int {
    n == 0 ? 0 : n + depth(n - 1)
}
print(depth(100_000))
