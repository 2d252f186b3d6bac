#include <cctype>
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char **argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    std::string prefix;
    bool upper = false;
    std::size_t at = 0;
    do {
        if (arguments.at(at) == "--upper") upper = true; // throws where there is no argument
        else prefix = arguments.at(++at);
    } while (++at < arguments.size());
    for (std::string line; std::getline(std::cin, line);) {
        for (char &letter : line) {
            if (upper) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
        }
        std::cout << prefix << line << '\n';
    }
}
