#!/usr/bin/env bash
# Formatting, clippy, documentation, shell scripts, the compose files, what dependencies may be, and whether the pages in
# docs/ tell the truth about files and tests.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

main() {
  have cargo || fail "there is no cargo: install rustup, https://rustup.rs; it takes the right toolchain by itself"
  web_page
  cargo fmt --check
  cargo clippy -q --locked --workspace --all-targets -- -D warnings
  # All targets are without the tests that are run by name only.
  cargo clippy -q --locked --workspace --test sandboxes --test engine --test scripts --test proxies -- -D warnings
  other_architecture
  RUSTDOCFLAGS='-D warnings' cargo doc -q --locked --workspace --no-deps --document-private-items
  shell
  ! choose_compose || compose_files
  dependencies
  links
  settings
  scripts/languages.sh --check
  promises
  say "lint: clean"
}

# The monitor's table of system calls is another on each.
other_architecture() {
  local target=aarch64-unknown-linux-gnu
  if rustup target list --installed 2>/dev/null | grep -qx "$target"; then
    cargo check -q --locked -p gavel-monitor --all-targets --target "$target"
  else
    say "lint: there is no $target (rustup target add $target); the monitor was not checked for it"
  fi
}

# First of all, so that the server, which embeds it, is compiled once.
web_page() {
  if ! have npm; then
    say "lint: npm is not installed; the web page was not looked at"
    return 0
  fi
  scripts/ui.sh
  scripts/ui.sh check
}

shell() {
  local script
  for script in scripts/*.sh images/*.sh images/*/*.sh .ci/run; do
    bash -n "$script"
  done
  if have shellcheck; then
    shellcheck -x -S warning scripts/*.sh images/*.sh images/*/*.sh .ci/run
  else
    say "lint: shellcheck is not installed; the scripts were only parsed"
  fi
}

# Those that are read beside the first, too.
compose_files() {
  local other
  compose config -q
  for other in compose.*.yaml; do
    compose -f compose.yaml -f "$other" config -q
  done
}

# By deny.toml. Known faults of dependencies are not looked for here: their list must be fetched.
dependencies() {
  if have cargo-deny; then
    cargo deny --locked --offline --log-level error check licenses bans sources
  else
    say "lint: cargo-deny is not installed; the dependencies' licences were not looked at"
  fi
}

# Every relative link in a page leads to a file.
links() {
  local page target broken=0
  while IFS=: read -r page target; do
    target=${target%%#*}
    if [ -n "$target" ] && [ ! -e "$(dirname "$page")/$target" ]; then
      warn "$page: the link to $target leads nowhere"
      broken=1
    fi
  done < <(git ls-files '*.md' | xargs grep -oE '\]\([^)[:space:]]+\)' /dev/null | sed -E 's/\]\(([^)]*)\)$/\1/' | grep -v '://')
  [ "$broken" = 0 ] || exit 1
}

settings() {
  diff -u docs/settings.md <(scripts/settings.sh) || fail "docs/settings.md is out of date: scripts/settings.sh >docs/settings.md"
}

# Every test that the specification names exists: a function, or a program in tests/submissions.
promises() {
  [ -e docs/specification.md ] || return 0
  local name programs broken=0
  programs=$(cd tests/submissions && git ls-files | sed -e 's/\.[a-z0-9]*$//' -e 's,[-/+],_,g')
  while read -r name; do
    if ! git grep -qE "fn $name\b" -- '*.rs' && ! grep -qx "$name" <<<"$programs"; then
      warn "docs/specification.md names the test $name, which does not exist"
      broken=1
    fi
  done < <(grep -oE '`[a-z0-9]+(_[a-z0-9]+){3,}`' docs/specification.md | tr -d '`' | sort -u)
  [ "$broken" = 0 ] || exit 1
}

main "$@"
