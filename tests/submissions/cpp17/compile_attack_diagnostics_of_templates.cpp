// expect: CompileError
// compile-limits: cpu_ms=5000 wall_ms=15000
#include <map>
#include <string>
#include <vector>

int main() {
    std::map<std::vector<std::map<std::string, std::vector<int>>>, std::vector<std::string>> deep;
    deep[std::vector<std::map<int, std::string>>()] << deep << deep;
    return deep + deep;
}
