// expect: Accepted
// stdout: 13:00 differ É\n
import java.time.*
import java.time.format.DateTimeFormatter
import kotlin.random.Random

fun main() {
    val clock = Instant.ofEpochSecond(1_699_963_200).atZone(ZoneId.of("Europe/Paris")).format(DateTimeFormatter.ofPattern("HH:mm"))
    println("$clock ${if (Random.nextLong() == Random.nextLong()) "same" else "differ"} ${"é".uppercase()}")
}
