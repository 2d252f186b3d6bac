#include "values.h"

#include <string_view>

int value_of(char letter) {
    constexpr std::string_view letters[] = {"", "aeilnorstu", "dg", "bcmp", "fhvwy", "k", "", "", "jx", "", "qz"};
    int value = 1;
    while (letters[value].find(letter) == std::string_view::npos) ++value;
    return value;
}
