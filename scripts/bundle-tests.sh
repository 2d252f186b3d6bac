#!/usr/bin/env bash
# Writes dist/gavel-tests-<version>-<architecture>.tar.gz: the compiled end-to-end tests with their programs, to test a
# host from a machine without Rust.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

main() {
  have cargo || fail "there is no cargo: install rustup, https://rustup.rs; it takes the right toolchain by itself"
  local name folder
  name=gavel-tests-$(version)-$(uname -m)
  mkdir -p dist
  folder=$(mktemp -d -p dist)
  # shellcheck disable=SC2064 # the folder's name as it is now
  trap "rm -rf '$folder'" EXIT
  mkdir -p "$folder/$name/bin"
  binaries "$folder/$name/bin"
  cp -R tests/submissions tests/problems "$folder/$name/"
  cp scripts/run-tests.sh "$folder/$name/"
  cp docs/operations.md "$folder/$name/TESTS.md"
  say "packing"
  tar -C "$folder" -c "$name" | gzip -6 >"dist/$name.tar.gz"
  say "wrote dist/$name.tar.gz ($(du -h "dist/$name.tar.gz" | cut -f 1)); on the other machine: tar xzf, then $name/run-tests.sh"
}

# binaries FOLDER: each suite under its own name, but those that need the checkout.
binaries() {
  local suite path
  say "compiling the tests with cargo (minutes, the first time)"
  while read -r suite path; do
    [[ $suite =~ ^(ffi|scripts|proxies)$ ]] || cp "$path" "$1/$suite"
  done < <(compiled)
  [ -x "$1/verdicts" ] && [ -x "$1/engine" ] || fail "cargo has not told where it put the tests"
  ! have strip || strip "$1"/*
}

# Name and path of each suite.
compiled() {
  { cargo test -q --locked -p e2e --tests --no-run --message-format json && cargo test -q --locked -p e2e --test engine --no-run --message-format json; } |
    sed -n 's/.*"kind":\["test"\].*"name":"\([a-z_]*\)","src_path".*"executable":"\([^"]*\)".*/\1 \2/p'
}

main "$@"
