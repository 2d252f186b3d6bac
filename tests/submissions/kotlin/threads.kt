// expect: Accepted
// expected: 4\n
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

fun main() {
    val done = AtomicInteger()
    List(4) { thread { done.incrementAndGet() } }.forEach { it.join() }
    println(done.get())
}
