#!/usr/bin/env bash
# Has a fuzzer look for bytes that a parser of ours cannot stand: `fuzz.sh [seconds] [target ...]`, an hour each and all
# targets where nothing else is said. What it learns is kept in .gavel/fuzz; what breaks a target is in tests/fuzz/artifacts.
# Needs cargo-fuzz and the nightly toolchain. A small set of examples is in tests/fuzz/corpus: `make test` tries changes of it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

have cargo || fail "there is no cargo: install rustup, https://rustup.rs"
have cargo-fuzz || fail "there is no cargo-fuzz: cargo install cargo-fuzz"
cargo +nightly --version >/dev/null 2>&1 || fail "there is no nightly toolchain: rustup toolchain install nightly"
have c++ || install_packages "a C++ compiler, for libFuzzer," g++

seconds=${1:-3600}
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(ls tests/fuzz/corpus)
for target in "${targets[@]}"; do
  say "== $target, $seconds s"
  learnt=$PWD/.gavel/fuzz/$target
  mkdir -p "$learnt"
  # What it learns goes to the first folder; the examples are read only.
  cargo +nightly fuzz run --fuzz-dir tests/fuzz "$target" "$learnt" "tests/fuzz/corpus/$target" -- \
    -max_total_time="$seconds" -max_len=16384 -rss_limit_mb=1024 -timeout=10
done
