// expect: Accepted
// expected: 42\n
@main
struct Program {
    static func main() async {
        async let a = twice(10)
        async let b = twice(11)
        print(await a + b)
    }

    static func twice(_ n: Int) async -> Int { 2 * n }
}
