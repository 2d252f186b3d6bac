// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
#include <algorithm>
#include <clocale>
#include <iostream>
#include <string>

int main() {
    std::setlocale(LC_ALL, "C.UTF-8");
    std::wstring line;
    std::getline(std::wcin, line);
    std::reverse(line.begin(), line.end());
    std::wcout << line << std::endl;
}
