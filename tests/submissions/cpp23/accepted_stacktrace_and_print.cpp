// expect: Accepted
// expected: some frames\n
#include <print>
#include <stacktrace>

int main() {
    auto trace = std::stacktrace::current();
    std::println("{} frames", trace.empty() ? "no" : "some");
}
