// expect: Accepted
// expected: 4\n
#include <atomic>
#include <iostream>
#include <thread>
#include <vector>

int main() {
    std::atomic<int> done{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++) threads.emplace_back([&] { done++; });
    for (auto& thread : threads) thread.join();
    std::cout << done << '\n';
}
