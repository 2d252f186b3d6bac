import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.*;
import java.util.function.*;
import java.util.stream.*;

/** What students' programs use most: the classes behind it are in the archive that every program starts from. */
public class Warm {
    record Point(int x, int y) {}

    sealed interface Shape permits Square {}

    record Square(int side) implements Shape {}

    public static void main(String[] args) throws Exception {
        Scanner scanner = new Scanner("3 4\nword 1.5\nline\n");
        int sum = scanner.nextInt() + scanner.nextInt();
        scanner.next();
        scanner.nextDouble();
        scanner.nextLine();
        BufferedReader reader = new BufferedReader(new InputStreamReader(System.in));
        StringTokenizer tokens = new StringTokenizer("a b");
        new BufferedReader(new StringReader("x")).readLine();
        Map<String, Integer> counts = new TreeMap<>(Comparator.reverseOrder());
        counts.merge(tokens.nextToken(), 1, Integer::sum);
        Map<Integer, List<Integer>> graph = new HashMap<>();
        graph.computeIfAbsent(1, key -> new ArrayList<>()).add(sum);
        new LinkedHashMap<>(graph).forEach((key, value) -> value.sort(null));
        PriorityQueue<int[]> queue = new PriorityQueue<>((a, b) -> Integer.compare(a[0], b[0]));
        queue.add(new int[] {1});
        Deque<Point> deque = new ArrayDeque<>(List.of(new Point(1, 2)));
        Set<Object> set = new HashSet<>(Set.of(1, 2));
        set.addAll(new TreeSet<>(Arrays.asList(3, 4)));
        new LinkedList<>(set).iterator().next();
        String text = IntStream.range(0, 5).boxed().map(String::valueOf).filter(s -> !s.isEmpty()).collect(Collectors.joining(" "));
        Stream.of("b", "a").sorted().collect(Collectors.groupingBy(String::length, Collectors.counting()));
        Supplier<Shape> shape = () -> new Square(2);
        String kind = switch (shape.get()) { case Square square -> "square " + square.side(); };
        StringBuilder builder = new StringBuilder().append(text).append(kind).append(1.5).append('c').reverse();
        Thread thread = new Thread(() -> builder.append("done"));
        thread.start();
        thread.join();
        try {
            Integer.parseInt("x");
        } catch (NumberFormatException expected) {
            builder.append(expected.getMessage());
        }
        PrintWriter writer = new PrintWriter(System.out);
        writer.printf("%d %s %.3f %5d%n", sum, text, 1.5, 7);
        writer.println(BigInteger.TWO.pow(100).mod(BigInteger.TEN) + deque.peek().toString() + new Random(1).nextInt(5));
        writer.flush();
        System.out.println(String.format("%s", String.join(",", "a,b".split(","))) + Arrays.toString(new int[] {1}) + reader.ready());
    }
}
