final class Words {
    static int value(String word) {
        return word.chars().map(letter -> Values.of((char) letter)).sum();
    }
}
