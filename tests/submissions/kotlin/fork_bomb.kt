// expect: Accepted
// stdout: bounded\n
import kotlin.concurrent.thread

fun main() {
    try {
        repeat(100_000) { thread(isDaemon = true) { Thread.sleep(60_000) } }
    } catch (e: OutOfMemoryError) {
        println("bounded")
    }
}
