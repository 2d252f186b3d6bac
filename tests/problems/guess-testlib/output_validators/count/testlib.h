// What these interactors need of the convention: how one is called (input output answer), and how it ends.
#pragma once

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <fstream>

enum TResult { _ok = 0, _wa = 1, _pe = 2, _fail = 3 };

static std::ifstream inf;
static std::ofstream tout;

[[noreturn]] inline void quitf(TResult result, const char *format, ...) {
    static const char *const names[] = {"ok", "wrong answer", "wrong output format", "FAIL"};
    std::fprintf(stderr, "%s ", names[result]);
    va_list arguments;
    va_start(arguments, format);
    std::vfprintf(stderr, format, arguments);
    va_end(arguments);
    std::exit(result);
}

inline void registerInteraction(int argc, char **argv) {
    if (argc < 4) quitf(_fail, "called with %d arguments", argc - 1);
    inf.open(argv[1]);
    tout.open(argv[2]);
    if (!inf || !tout || !std::ifstream(argv[3])) quitf(_fail, "a file cannot be opened");
}
