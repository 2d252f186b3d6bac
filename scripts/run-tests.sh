#!/usr/bin/env bash
# Runs the compiled end-to-end tests beside this script against a service, from a machine that needs neither Rust nor a
# checkout: bash, and a glibc no older than where they were compiled.
#
#   run-tests.sh                       every suite; that of a restart of the engine where GAVEL_E2E_RESTART_DOCKER says how
#   run-tests.sh verdicts limits       these
#   run-tests.sh api -- --nocapture    what is behind `--` is for the tests themselves, such as a part of their names
#
# Where the service and its engine are stands in GAVEL_E2E_URL, GAVEL_E2E_DOCKER and the other variables of TESTS.md.
set -euo pipefail
cd "$(dirname "$0")"

main() {
  local suites=() suite failed=()
  while [ $# != 0 ] && [ "$1" != -- ]; do
    suites+=("$1")
    shift
  done
  [ $# = 0 ] || shift
  [ ${#suites[@]} != 0 ] || mapfile -t suites < <(every_suite)
  export GAVEL_E2E_SUBMISSIONS=$PWD/submissions GAVEL_E2E_PROBLEMS=$PWD/problems GAVEL_E2E_TABLE=$PWD/verdicts.txt
  for suite in "${suites[@]}"; do
    [ -x "bin/$suite" ] || { printf 'there is no suite %s; there are: %s\n' "$suite" "$(cd bin && echo *)" >&2; exit 2; }
    printf '== %s\n' "$suite"
    "bin/$suite" "$@" || failed+=("$suite")
  done
  [ ${#failed[@]} = 0 ] || { printf '== failed: %s\n' "${failed[*]}"; exit 1; }
  printf '== all passed: %s\n' "${suites[*]}"
}

every_suite() {
  local suite
  for suite in bin/*; do
    suite=${suite#bin/}
    [ "$suite" = engine ] && [ -z "${GAVEL_E2E_RESTART_DOCKER:-}" ] || printf '%s\n' "$suite"
  done
}

main "$@"
