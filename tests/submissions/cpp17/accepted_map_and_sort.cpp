// expect: Accepted
// stdin: pear apple pear fig apple pear\n
// expected: pear 3\napple 2\nfig 1\n
#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <vector>

int main() {
    std::map<std::string, int> counts;
    for (std::string word; std::cin >> word;) ++counts[word];
    std::vector<std::pair<int, std::string>> order;
    for (auto &[word, count] : counts) order.emplace_back(-count, word);
    std::sort(order.begin(), order.end());
    for (auto &[count, word] : order) std::cout << word << ' ' << -count << '\n';
}
