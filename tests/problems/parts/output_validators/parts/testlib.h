// What this checker needs of testlib: how one is called (input output answer), how it reads, and how it ends.
#pragma once

#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

enum TResult : int { _ok = 0, _wa = 1, _pe = 2, _fail = 3, _points = 7, _partially = 16 };

#define _pc(part) static_cast<TResult>(_partially + (part))

[[noreturn]] inline void quit(TResult result, const std::string &message) {
    const bool is_part = result >= _partially;
    const int part = result - _partially;
    const std::string name = is_part             ? "partially correct (" + std::to_string(part) + ")"
                             : result == _ok     ? "ok"
                             : result == _wa     ? "wrong answer"
                             : result == _pe     ? "wrong output format"
                             : result == _points ? "points"
                                                 : "FAIL";
    std::fprintf(stderr, "%s %s\n", name.c_str(), message.c_str());
    std::exit(is_part ? part : result);
}

inline std::string told(const char *format, va_list arguments) {
    char message[1000];
    std::vsnprintf(message, sizeof message, format, arguments);
    return message;
}

[[noreturn]] inline void quitf(TResult result, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    quit(result, told(format, arguments));
}

[[noreturn]] inline void quitp(double points, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    quit(_points, std::to_string(points) + " " + told(format, arguments));
}

struct InStream {
    // What it is where something is not as it has to be.
    TResult malformed, wrong;
    std::ifstream file;

    bool seekEof() { return (file >> std::ws).eof(); }

    int readInt(int least = INT_MIN, int most = INT_MAX, const std::string &name = "number") {
        int number = 0;
        if (!(file >> number)) quit(malformed, "no " + name + " where one has to be");
        if (number < least || most < number) quit(wrong, name + " " + std::to_string(number) + " is out of range");
        return number;
    }
};

inline InStream inf{_fail, _fail, {}}, ouf{_pe, _wa, {}}, ans{_fail, _fail, {}};

inline void registerTestlibCmd(int argc, char **argv) {
    if (argc < 4) quit(_fail, "called with too few arguments");
    inf.file.open(argv[1]), ouf.file.open(argv[2]), ans.file.open(argv[3]);
    if (!inf.file || !ouf.file || !ans.file) quit(_fail, "a file cannot be opened");
}
