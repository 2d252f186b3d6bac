// Half a chart, and then a crash.
#include <cstdlib>
#include <fstream>

int main() {
    std::ofstream("chart.svg") << "<svg>" << std::flush;
    std::abort();
}
