// expect: Accepted
// expected: child\nparent\n
#include <cstdio>
#include <iostream>
#include <string>

int main() {
    char text[16] = "";
    FILE *child = popen("echo child", "r");
    if (child == nullptr || fgets(text, sizeof text, child) == nullptr) return 1;
    std::cout << text << (pclose(child) == 0 ? "parent" : "failed") << '\n';
}
