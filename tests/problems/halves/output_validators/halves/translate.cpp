// Runs a checker of testlib's convention as a validator of the format: translate INPUT ANSWER FEEDBACK_DIR/ <OUTPUT

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#define main checker_main
#include "checker.hpp"
#undef main

enum Verdict { accepted = 42, rejected = 43, judge_error = 1 };
enum class Said { right = 0, wrong = 1, malformed = 2, broken = 3, points = 7 };

static const char *input, *answer;
static std::string feedback;

// The checker in a process of its own: it ends by exit(), from wherever it is.
static Said said_by_checker() {
    const std::string output = feedback + "output", message = feedback + "judgemessage.txt";
    std::ofstream(output) << std::cin.rdbuf();
    const pid_t child = fork();
    if (child == 0) {
        const int file = open(message.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
        if (file < 0 || dup2(file, STDERR_FILENO) < 0) _exit(static_cast<int>(Said::broken));
        std::string arguments[] = {"checker", input, output, answer};
        char *argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(), arguments[3].data(), nullptr};
        std::exit(checker_main(4, argv));
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return Said::broken;
    return static_cast<Said>(WEXITSTATUS(status));
}

// `points 3.5 …` at the beginning of the message becomes the score.
static int with_points() {
    std::ifstream message(feedback + "judgemessage.txt");
    std::string word;
    double score = 0;
    if (!(message >> word >> score) || word != "points") return judge_error;
    std::ofstream(feedback + "score.txt") << score << '\n';
    return accepted;
}

int main(int argc, char **argv) {
    if (argc < 4) return judge_error;
    input = argv[1], answer = argv[2], feedback = argv[3];
    switch (said_by_checker()) {
        case Said::right: return accepted;
        case Said::wrong:
        case Said::malformed: return rejected;
        case Said::points: return with_points();
        default: return judge_error;
    }
}
