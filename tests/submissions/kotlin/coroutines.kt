// expect: Accepted
// expected: first\nsecond\n42\n
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

fun main() = runBlocking {
    val words = Channel<String>()
    launch {
        delay(20)
        words.send("second")
    }
    println("first")
    println(words.receive())
    println(listOf(20, 22).map { async { it } }.awaitAll().sum())
}
