#!/usr/bin/env bash
# Builds the images of toolchains, and waits until the running service has found them; it is not restarted for that.
#
#   scripts/toolchain.sh NAME...   these (make toolchain NAME...)
#   scripts/toolchain.sh all       every one: a while, and some gigabytes
#   scripts/toolchain.sh           lists them
#
# `make up` builds those again whose files have changed. GAVEL_TOOLCHAINS="go rust" in .env makes `make up` build them from
# the beginning.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/engine.sh
. scripts/service.sh

main() {
  case " $* " in
  *' --help '* | *' -h '*)
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' scripts/toolchain.sh
    return ;;
  esac
  local names
  choose_compose || fail "no Docker Compose was found"
  if [ $# = 0 ]; then
    list
    return
  fi
  names=("$@")
  [[ " $* " != *' all '* ]] || read -ra names <<<"$(all_toolchains)"
  check_toolchains "${names[@]}"
  ensure_engine
  GAVEL_TOOLCHAINS_REQUIRED=1 scripts/images.sh "${names[@]}"
  if request GET /healthz >/dev/null 2>&1; then
    wait_for "${names[@]}"
  else
    say "built: ${names[*]}; the service does not run: 'make up' starts it"
  fi
}

list() {
  local name built
  built=" $(built_toolchains) "
  for name in $(all_toolchains); do
    if [[ $built == *" $name "* ]]; then say "$name: built"; else say "$name: make toolchain $name"; fi
  done
}

# wait_for NAME...: until each language of these toolchains can be used, or says why it cannot.
wait_for() {
  local waited=0 left
  say "waiting until the service has found: $*"
  until left=$(not_yet "$@") && [ -z "$left" ]; do
    waited=$((waited + 1))
    [ "$waited" -lt "$(patience 120)" ] || fail "the service has not taken up: $left; 'gavel languages' and 'make logs' say why"
    sleep 1
  done
  say "ready: $*"
}

# Those of the toolchains whose languages are still said to be installed by what has just been done.
not_yet() {
  local answer name left=()
  answer=$(request GET /api/v1/languages) || return 1
  for name; do
    [[ $answer != *"\"install\":\"make toolchain $name\""* ]] || left+=("$name")
  done
  printf '%s' "${left[*]}"
}

main "$@"
