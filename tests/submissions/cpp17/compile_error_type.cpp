// expect: CompileError
// log-contains: main.cpp
#include <string>

int main() {
    int number = std::string("seven");
    return number;
}
