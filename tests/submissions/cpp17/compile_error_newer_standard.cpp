// expect: CompileError
// log-contains: ranges
#include <ranges>

int main() {
    return static_cast<int>(std::ranges::distance(std::views::iota(0, 3))) - 3;
}
