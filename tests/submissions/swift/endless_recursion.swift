// expect: RuntimeError
// signal: SIGSEGV
// reason-contains: endless or too deep recursion
func f(_ n: Int) -> Int {
    if n < 0 { return 0 }
    return f(n + 1) * 3 + n % 7
}
print(f(Int(readLine() ?? "1") ?? 1))
