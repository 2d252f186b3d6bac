// expect: Accepted
// expected: 4\n
#include <atomic>
#include <iostream>
#include <thread>
#include <vector>

int main() {
    std::atomic<int> done = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; i++) threads.emplace_back([&] { done++; });
    }
    std::cout << done << '\n';
}
