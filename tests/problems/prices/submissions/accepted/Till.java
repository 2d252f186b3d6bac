import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Scanner;

class Main {
    static Map<String, Integer> table(String path) throws IOException {
        Map<String, Integer> numbers = new HashMap<>();
        if (Files.exists(Path.of(path))) {
            for (String line : Files.readAllLines(Path.of(path))) {
                String[] parts = line.split(",");
                numbers.put(parts[0], Integer.parseInt(parts[1]));
            }
        }
        return numbers;
    }

    public static void main(String[] args) throws IOException {
        Map<String, Integer> prices = table("prices.csv"), discounts = table("discounts/today.csv");
        Scanner in = new Scanner(System.in);
        int sum = 0;
        while (in.hasNext()) {
            String article = in.next();
            sum += prices.get(article) * (100 - discounts.getOrDefault(article, 0)) / 100;
        }
        System.out.println(sum);
    }
}
