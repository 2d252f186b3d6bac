#!/bin/sh
# Precompiles what most C++ programs begin with, for each dialect that languages.toml has and with its flags: the compiler takes a
# precompiled header only where both are the same, and reads the header itself otherwise (after a #pragma, with -fsanitize, for
# another dialect). <bits/stdc++.h> is the whole standard library, most of the time that such a program takes to compile.
set -eu

# path DIALECT HEADER: where the compiler finds it.
path() {
  printf '#include <%s>\n' "$2" | g++ -x c++ "-std=$1" -H -fsyntax-only - 2>&1 | sed -n 's/^\. //p' | head -n 1
}

for dialect in gnu++17 gnu++20 gnu++23 gnu++26; do
  g++ -x c++ "-std=$dialect" -fsyntax-only /dev/null 2>/dev/null || continue
  for header in bits/stdc++.h iostream; do
    found=$(path "$dialect" "$header")
    mkdir -p "$found.gch"
    g++ -x c++-header "-std=$dialect" -O2 -DONLINE_JUDGE -o "$found.gch/$dialect" "$found"
  done
done
