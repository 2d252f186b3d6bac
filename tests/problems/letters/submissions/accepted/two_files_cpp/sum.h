#pragma once

#include <string>

int sum_of(const std::string &word);
