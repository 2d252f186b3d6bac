#!/usr/bin/env bash
# Builds the images of toolchains, and waits until the running service has found them; it is not restarted for that.
#
#   scripts/toolchain.sh NAME...   these, or those of languages (make toolchain NAME...)
#   scripts/toolchain.sh all       every language's: a while, and some gigabytes
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
  [[ " $* " != *' all '* ]] || read -ra names <<<"$(toolchains_of_languages)"
  read -ra names <<<"$(named_toolchains "${names[@]}")"
  check_toolchains "${names[@]}"
  ensure_engine
  GAVEL_TOOLCHAINS_REQUIRED=1 scripts/images.sh "${names[@]}"
  if request GET /healthz >/dev/null 2>&1; then
    wait_for_toolchains "${names[@]}"
  else
    say "built: ${names[*]}; the service does not run: 'make up' starts it"
  fi
}

# What they are called by and take on the disk, whose languages they are, and how they come.
list() {
  local name size built state
  built=" $(built_toolchains) "
  for name in $(all_toolchains); do
    size=$(sed -n "s/^| $name | \(.*\) |$/ (\1)/p" images/README.md)
    state="make toolchain $name"
    [[ $built != *" $name "* ]] || state=built
    say "$name$size: $(languages_of "$name"); $state"
  done
}

languages_of() {
  if [ "$1" = command-full ]; then
    echo "compilers for a Hydro site"
  else
    shipped_languages | awk -v name="$1" '$1 == name { $1 = $2 = ""; sub(/^ */, ""); printf "%s%s", comma, $0; comma = ", " }'
  fi
}

main "$@"
