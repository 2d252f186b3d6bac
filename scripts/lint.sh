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
  circles
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
    say "lint: cargo-deny is not installed; of deny.toml, licences, banned crates and sources were looked at without it"
    dependencies_without_it
  fi
}

# What there is no tool for is read of `cargo tree`: its licence by the list in deny.toml, its name, and where it comes from.
dependencies_without_it() {
  local allowed banned used crate licence broken=0
  allowed=$(sed -n '/^allow = \[/,/^\]/s/^ *"\(.*\)",$/\1/p' deny.toml | sed 's/ WITH /_WITH_/')
  banned=$(sed -n 's/^ *{ crate = "\(.*\)" },$/\1/p' deny.toml)
  used=$(licences) || fail "cargo tree does not tell what the workspace depends on"
  [ -n "$allowed" ] && [ -n "$banned" ] && [ -n "$used" ] || fail "deny.toml has another form than lint knows"
  while IFS='|' read -r crate licence; do
    if ! licence_allowed "$licence"; then
      warn "$crate: the licence '$licence' is not among those of deny.toml"
      broken=1
    fi
    if grep -qxF "${crate%% *}" <<<"$banned"; then
      warn "$crate is banned by deny.toml"
      broken=1
    fi
    case $crate in
    *'(http'* | *'(git'* | *'(ssh'* | *'(registry'*)
      warn "$crate comes from elsewhere than crates.io"
      broken=1
      ;;
    esac
  done <<<"$used"
  [ "$broken" = 0 ] || exit 1
}

# A line for each crate that is used on one of the targets of deny.toml: its name, version and source, `|`, its licence.
licences() {
  local target
  for target in $(sed -n 's/^targets = \[\(.*\)\]$/\1/p' deny.toml | tr -d '",'); do
    cargo tree -q --locked --workspace --all-features --target "$target" --prefix none -f '{p}|{l}' || return 1
  done | sed -e '/^$/d' -e 's/ (\*)$//' | sort -u
}

# By SPDX: `(A OR B) AND C`, of which those that are `allowed` are true.
licence_allowed() {
  local word value=
  for word in $(sed -e 's/ WITH /_WITH_/g' -e 's,/, OR ,g' -e 's/[()]/ & /g' <<<"$1"); do
    case $word in
    OR) value+='||' ;;
    AND) value+='&&' ;;
    '(' | ')') value+=$word ;;
    *) if grep -qxF -- "$word" <<<"$allowed"; then value+=1; else value+=0; fi ;;
    esac
  done
  [ -n "$value" ] && ((value))
}

# What must not know what, so that none of them is in a circle: files, and the parts that none of them may use.
circles() {
  local files parts broken=0
  while IFS=: read -r files parts; do
    # shellcheck disable=SC2086 # several names
    ls -d -- $files >/dev/null || fail "lint looks for circles in what is not there"
    # shellcheck disable=SC2086
    if git grep -nE "(crate|super)::(http::api::)?($parts)\b" -- $files; then
      warn "$files must not use $parts"
      broken=1
    fi
  done <<'END'
server/src/config.rs server/src/config:cluster|language|tokens|store|queue|judge|problems|sandbox|gojudge|grpc|http|slots|warden|cli
server/src/scope.rs server/src/token_rules.rs:config|tokens|store|access
server/src/http/api/reading.rs server/src/http/api/errors.rs:wire|wire_limits|wire_checker
server/src/http/api/wire_limits.rs server/src/http/api/wire_checker.rs:wire
END
  [ "$broken" = 0 ] || exit 1
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
