#include <algorithm>
#include <iostream>
#include <vector>

// Notes for each number from the least to the greatest where it stands.
int main() {
    long long count, sum;
    std::cin >> count >> sum;
    std::vector<long long> numbers(count);
    for (long long &number : numbers) std::cin >> number;
    const long long least = *std::min_element(numbers.begin(), numbers.end());
    const long long greatest = *std::max_element(numbers.begin(), numbers.end());
    std::vector<int> places;
    for (long long number = least; number <= greatest; ++number) places.push_back(0);
    for (int at = 1; at <= count; ++at) {
        const long long other = sum - numbers[at - 1];
        if (least <= other && other <= greatest && places[other - least] > 0) {
            std::cout << places[other - least] << ' ' << at << '\n';
            return 0;
        }
        places[numbers[at - 1] - least] = at;
    }
    std::cout << "impossible\n";
}
