// expect: Accepted
// expected: from the file\n
// file: data/note.txt from the file\n
#include <fstream>
#include <iostream>

int main() {
    std::cout << std::ifstream("data/note.txt").rdbuf();
}
