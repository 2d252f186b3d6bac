#include <iostream>
#include <vector>

// Keeps all numbers that it may be.
int main() {
    int n, most;
    std::cin >> n >> most;
    std::vector<int> numbers;
    for (int number = 1; number <= n; ++number) numbers.push_back(number);
    auto low = numbers.begin(), high = numbers.end();
    for (char reply = 0; reply != '=';) {
        const auto guess = low + (high - low - 1) / 2;
        std::cout << *guess << std::endl;
        if (!(std::cin >> reply)) return 1;
        if (reply == '<') high = guess;
        else low = guess + 1;
    }
}
