// expect: Accepted
// expected: from the file\n
// file: data/note.txt from the file\n
import java.io.File

fun main() {
    print(File("data/note.txt").readText())
}
