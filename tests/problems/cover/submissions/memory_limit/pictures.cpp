#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

// For each place a picture of the hose with a tape that begins there.
int main() {
    long count, length;
    std::cin >> count >> length;
    std::vector<long> holes(count);
    for (long &hole : holes) std::cin >> hole;
    std::vector<std::string> pictures;
    for (long begin = 0; begin <= holes.back(); ++begin) {
        std::string picture(holes.back() + 1, '.');
        for (long at = begin; at <= std::min(holes.back(), begin + length); ++at) picture[at] = '=';
        pictures.push_back(picture);
    }
    long tape = -1;
    for (const long hole : holes) {
        if (tape >= 0 && pictures[tape][hole] == '=') continue;
        tape = hole;
        std::cout << tape << '\n';
    }
}
