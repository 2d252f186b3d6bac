// Judges tapes: tapes INPUT ANSWER FEEDBACK_DIR/ <OUTPUT; the part of the points goes to score_multiplier.txt.

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <string>

enum Status { accepted = 42, rejected = 43, broken = 1 };

static std::string feedback;

[[noreturn]] static void quit(Status status, const std::string &message) {
    std::ofstream(feedback + "judgemessage.txt") << message << '\n';
    std::exit(status);
}

static std::set<long> read_tapes() {
    std::set<long> tapes;
    for (std::string word; std::cin >> word;) {
        std::size_t end = 0;
        const bool fits = word.size() <= 8 && word.find_first_not_of("-0123456789") == std::string::npos;
        long begin = 0;
        try {
            if (fits) begin = std::stol(word, &end);
        } catch (const std::exception &) {
        }
        if (end != word.size()) quit(rejected, "\"" + word.substr(0, 20) + "\" is no place");
        if (tapes.size() == 1000) quit(rejected, "more than 1000 tapes");
        tapes.insert(begin);
    }
    return tapes;
}

int main(int argc, char **argv) {
    if (argc < 4) return broken;
    feedback = argv[3];
    std::ifstream input(argv[1]), answer(argv[2]);
    long count = 0, length = 0, best = 0;
    if (!(input >> count >> length) || !(answer >> best)) quit(broken, "input or answer cannot be read");

    const std::set<long> tapes = read_tapes();
    for (long hole; input >> hole;) {
        const auto after = tapes.upper_bound(hole);
        if (after == tapes.begin() || *std::prev(after) + length < hole) {
            quit(rejected, "the hole at " + std::to_string(hole) + " is open");
        }
    }
    const long used = static_cast<long>(tapes.size());
    if (used < best) quit(broken, "better than the answer");
    std::ofstream(feedback + "score_multiplier.txt") << double(best) / double(used) << '\n';
    quit(accepted, std::to_string(used) + " tapes where " + std::to_string(best) + " are enough");
}
