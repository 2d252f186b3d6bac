// What students' programs use most: the classes behind it are in the archive that every program starts from.
data class Point(val x: Int, val y: Int)

fun main() {
    val tokens = (readLine() ?: "3 4").split(" ").map { it.toInt() }
    val counts = sortedMapOf<String, Int>()
    for (word in listOf("b", "a", "b")) counts[word] = counts.getOrDefault(word, 0) + 1
    val squares = generateSequence(1) { it + 1 }.map { it * it }.take(3).toList()
    val queue = ArrayDeque(listOf(Point(1, 2)))
    val text = buildString { append(tokens.sum()); append(counts.entries.joinToString { "${it.key}=${it.value}" }) }
    println("$text $squares ${queue.first()} ${mutableSetOf(1, 2).sorted().reversed()} ${"%.2f".format(1.5)}")
}
