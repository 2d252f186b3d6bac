#include <iostream>
#include <unordered_map>

int main() {
    long long count, sum;
    std::cin >> count >> sum;
    std::unordered_map<long long, int> seen;
    for (int at = 1; at <= count; ++at) {
        long long number;
        std::cin >> number;
        if (const auto other = seen.find(sum - number); other != seen.end()) {
            std::cout << other->second << ' ' << at << '\n';
            return 0;
        }
        seen[number] = at;
    }
    std::cout << "impossible\n";
}
