// Judges parts of a number, as it is written for testlib: checker INPUT OUTPUT ANSWER

#include <set>

#include "testlib.h"

int main(int argc, char **argv) {
    registerTestlibCmd(argc, argv);
    const int sum = inf.readInt(), best = ans.readInt();
    std::set<int> parts;
    int rest = sum;
    while (!ouf.seekEof()) {
        const int part = ouf.readInt(1, sum, "part");
        if (!parts.insert(part).second) quitf(_wa, "%d is there twice", part);
        if (part > rest) quitf(_wa, "the sum is more than %d", sum);
        rest -= part;
    }
    const int count = static_cast<int>(parts.size());
    if (rest > 0) quitf(_wa, "%d is missing", rest);
    if (count > best) quitf(_fail, "%d parts, more than the answer's %d", count, best);
    if (count == best) quitf(_ok, "%d parts", count);
    if (count == best - 1) quitf(_pc(9), "%d parts, one less than there can be", count);
    quitp(9.0 * count / best, "%d of %d parts", count, best);
}
