// expect: Accepted
// stdout: refused\n
import java.io.File
import java.io.IOException

fun main() {
    try {
        println("${File("/proc/1/environ").readBytes().size} bytes")
    } catch (refused: IOException) {
        println("refused")
    }
}
