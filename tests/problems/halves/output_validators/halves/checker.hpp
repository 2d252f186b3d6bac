// Judges how weights are shared out, by the convention of testlib: checker INPUT OUTPUT ANSWER

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

enum Status { right = 0, wrong = 1, malformed = 2, broken = 3, points = 7 };

[[noreturn]] static void quit(Status status, const std::string &message) {
    std::cerr << message << '\n';
    std::exit(status);
}

static long long difference(const std::vector<long long> &weights, const std::string &pans) {
    long long sum = 0;
    for (std::size_t at = 0; at < weights.size(); ++at) sum += pans[at] == 'A' ? weights[at] : -weights[at];
    return std::llabs(sum);
}

static bool is_word(const std::string &pans, std::size_t length) {
    return pans.size() == length && pans.find_first_not_of("AB") == std::string::npos;
}

int main(int argc, char **argv) {
    if (argc < 4) quit(broken, "checker INPUT OUTPUT ANSWER");
    std::ifstream input(argv[1]), output(argv[2]), answer(argv[3]);
    std::size_t count = 0;
    input >> count;
    std::vector<long long> weights(count);
    long long total = 0;
    for (long long &weight : weights) input >> weight, total += weight;

    std::string ours, theirs, more;
    if (!(answer >> ours) || !is_word(ours, count)) quit(broken, "the answer is no word of A and B");
    if (!(output >> theirs) || !is_word(theirs, count)) quit(malformed, "not one letter A or B for each weight");
    if (output >> more) quit(malformed, "more than one word");

    const long long best = difference(weights, ours), found = difference(weights, theirs);
    if (found < best) quit(broken, "better than the answer");
    if (found == best) quit(right, "the least difference");
    if (found == total) quit(wrong, "everything in one pan");
    const double part = 5.0 * double(total - found) / double(total - best);
    quit(points, "points " + std::to_string(part) + " difference " + std::to_string(found));
}
