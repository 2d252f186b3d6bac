#include <cctype>
#include <iostream>
#include <string>

int main() {
    std::string text;
    std::getline(std::cin, text);
    for (char &letter : text) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    const std::string stars(text.size() + 4, '*');
    std::cout << stars << "\n* " << text << " *\n" << stars << '\n';
}
