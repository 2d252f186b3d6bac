// Answers at most 20 guesses.

#include <csignal>
#include <iostream>

#include "testlib.h"

int main(int argc, char **argv) {
    std::signal(SIGPIPE, SIG_IGN);
    registerInteraction(argc, argv);
    long secret = 0, guess = 0;
    if (!(inf >> secret)) quitf(_fail, "the input has no number");
    for (int guesses = 1; guesses <= 20; ++guesses) {
        if (!(std::cin >> guess)) quitf(_pe, "no number after %d guesses", guesses - 1);
        std::cout << (guess == secret ? "correct" : guess < secret ? "higher" : "lower") << std::endl;
        tout << guess << '\n';
        if (guess == secret) quitf(_ok, "%d guesses", guesses);
    }
    quitf(_wa, "not found with 20 guesses");
}
