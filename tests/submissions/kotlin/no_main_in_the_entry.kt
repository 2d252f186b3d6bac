// expect: CompileError
// log-contains: error: there is no function main in no_main_in_the_entry.kt
// entry-point: no_main_in_the_entry.kt
// file: main.kt fun main() = greet()\n
fun greet() = println("hello")
