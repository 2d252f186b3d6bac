// expect: CompileError
// log-contains: error: there is no function main
fun greet() = println("hello")
