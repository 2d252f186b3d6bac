// expect: Accepted
// stdin: 1 2 3\n
// expected: 6\n
#include <iostream>
#include <vector>

int main() {
    std::vector<int> numbers;
    for (int number; std::cin >> number;) numbers.push_back(number);
    int sum = 0;
    for (int number : numbers) sum += number;
    std::cout << sum << '\n';
}
