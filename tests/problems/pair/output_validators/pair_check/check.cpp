// Judges a pair: pair_check INPUT ANSWER FEEDBACK_DIR/ <OUTPUT

#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "feedback.h"

struct Problem {
    long long sum = 0;
    std::vector<long long> numbers;
};

static Problem read_problem(const char *path) {
    std::ifstream file(path);
    std::size_t count = 0;
    Problem problem;
    file >> count >> problem.sum;
    problem.numbers.resize(count);
    for (long long &number : problem.numbers) file >> number;
    return problem;
}

static bool is_impossible(const char *path) {
    std::ifstream file(path);
    std::string word;
    file >> word;
    return word == "impossible";
}

// A place in the list, or nothing.
static std::optional<std::size_t> place(const std::string &word, std::size_t count) {
    if (word.empty() || word.size() > 4 || word.find_first_not_of("0123456789") != std::string::npos) return {};
    const std::size_t number = std::stoul(word);
    if (number < 1 || number > count) return {};
    return number;
}

int main(int argc, char **argv) {
    if (argc < 4) return 1;
    const Feedback feedback(argv[3]);
    const Problem problem = read_problem(argv[1]);
    std::string first, second, more;
    std::cin >> first >> second >> more;

    if (first == "impossible" && second.empty()) {
        if (is_impossible(argv[2])) feedback.accept();
        feedback.reject("says impossible, but there is a pair", "There is a pair.");
    }
    const auto one = place(first, problem.numbers.size()), other = place(second, problem.numbers.size());
    if (!one || !other || !more.empty()) {
        feedback.reject("\"" + first.substr(0, 20) + "\" … are no two places in the list", "Print two places.");
    }
    if (*one == *other) feedback.reject("the same place twice", "A number makes no pair with itself.");
    const long long sum = problem.numbers[*one - 1] + problem.numbers[*other - 1];
    if (sum != problem.sum) feedback.reject("the sum is " + std::to_string(sum), "Your pair has another sum.");
    if (is_impossible(argv[2])) feedback.give_up("a right pair, but the answer says impossible");
    feedback.accept();
}
