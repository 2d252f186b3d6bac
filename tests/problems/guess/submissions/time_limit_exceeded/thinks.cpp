int main() {
    volatile unsigned thoughts = 0;
    while (true) thoughts = thoughts + 1;
}
