// How a validator of the format tells what it found: messages in files, the verdict in its exit status.
#pragma once

#include <cstdlib>
#include <fstream>
#include <string>

class Feedback {
  public:
    explicit Feedback(std::string folder) : folder(std::move(folder)) {}

    [[noreturn]] void accept() const { std::exit(42); }

    // The message for the judges may name what is secret, that for the team must not.
    [[noreturn]] void reject(const std::string &judges, const std::string &team) const {
        write("judgemessage.txt", judges);
        write("teammessage.txt", team);
        std::exit(43);
    }

    // The problem is wrong, not the team: any other status is a judge error.
    [[noreturn]] void give_up(const std::string &why) const {
        write("judgemessage.txt", why);
        std::exit(1);
    }

  private:
    void write(const char *name, const std::string &text) const { std::ofstream(folder + name) << text << '\n'; }

    const std::string folder;
};
