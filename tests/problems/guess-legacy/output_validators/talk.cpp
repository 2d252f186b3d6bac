// Plays the game: talk INPUT ANSWER FEEDBACK_DIR/ <GUESSES >REPLIES

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

enum Status { accepted = 42, rejected = 43 };

static const int most = 20, highest = 1000000;

static bool is_guess(const std::string &line) {
    const bool digits = !line.empty() && line.find_first_not_of("0123456789") == std::string::npos;
    return digits && line.size() <= 7 && std::stol(line) >= 1 && std::stol(line) <= highest;
}

int main(int argc, char **argv) {
    if (argc < 4) return 1;
    std::signal(SIGPIPE, SIG_IGN); // a team that has ended already must not end us
    long secret = 0;
    if (!(std::ifstream(argv[1]) >> secret)) return 1;
    const std::string feedback = argv[3];
    const auto reject = [&](const std::string &why) {
        std::ofstream(feedback + "judgemessage.txt") << why << '\n';
        std::exit(rejected);
    };

    std::string line;
    for (int guesses = 1; guesses <= most; ++guesses) {
        if (!std::getline(std::cin, line)) reject("ended after " + std::to_string(guesses - 1) + " guesses");
        if (!is_guess(line)) reject("\"" + line.substr(0, 40) + "\" is no number from 1 to 1000000");
        const long guess = std::stol(line);
        std::cout << (guess == secret ? "correct" : guess < secret ? "higher" : "lower") << std::endl;
        if (guess == secret) return accepted;
    }
    reject("did not find " + std::to_string(secret) + " with 20 guesses");
}
