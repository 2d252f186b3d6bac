// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
#include <clocale>
#include <cwchar>
#include <iostream>
#include <string>

int main() {
    std::setlocale(LC_ALL, "C.UTF-8");
    std::string line;
    std::getline(std::cin, line);
    std::wstring wide(line.size() + 1, L'\0');
    wide.resize(std::mbstowcs(wide.data(), line.c_str(), wide.size()));
    std::wstring turned(wide.rbegin(), wide.rend());
    std::string text(line.size() + 1, '\0');
    text.resize(std::wcstombs(text.data(), turned.c_str(), text.size()));
    std::cout << text << '\n';
}
