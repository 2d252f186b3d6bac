// expect: TimeLimitExceeded
// limits: cpu_ms=400 wall_ms=1500
// reason-contains: on the clock
#include <chrono>
#include <thread>

int main() {
    std::this_thread::sleep_for(std::chrono::seconds(30));
}
