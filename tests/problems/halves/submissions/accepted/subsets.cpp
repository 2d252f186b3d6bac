#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

int main() {
    int count;
    std::cin >> count;
    std::vector<long long> weights(count);
    for (long long &weight : weights) std::cin >> weight;
    long long least = -1;
    unsigned best = 0;
    for (unsigned subset = 0; subset < 1u << count; ++subset) {
        long long sum = 0;
        for (int at = 0; at < count; ++at) sum += subset >> at & 1 ? weights[at] : -weights[at];
        if (least < 0 || std::llabs(sum) < least) least = std::llabs(sum), best = subset;
    }
    std::string pans;
    for (int at = 0; at < count; ++at) pans += best >> at & 1 ? 'A' : 'B';
    std::cout << pans << '\n';
}
