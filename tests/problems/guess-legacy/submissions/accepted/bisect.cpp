#include <iostream>
#include <string>

int main() {
    int low = 1, high = 1000000;
    for (std::string reply; reply != "correct";) {
        const int guess = (low + high) / 2;
        std::cout << guess << std::endl;
        if (!(std::cin >> reply)) return 1;
        if (reply == "lower") high = guess - 1;
        if (reply == "higher") low = guess + 1;
    }
}
