#include <cstdio>

int main() {
    if (!std::freopen("ledger.txt", "r", stdin) || !std::freopen("balance.txt", "w", stdout)) return 1;
    long sum = 0, entry;
    while (std::scanf("%ld", &entry) == 1) sum += entry;
    std::printf("%ld\n", sum);
}
