#!/usr/bin/env bash
# Makes the web page, server/ui/dist, which the server's build embeds: only when something that it is made from has changed.
#
#   scripts/ui.sh              makes it
#   scripts/ui.sh --if-npm     the same where there is an npm; else says that the server goes without
#   scripts/ui.sh check        looks at its types
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

ui=server/ui

main() {
  if ! have npm; then
    [ "${1-}" != --if-npm ] || { warn "there is no npm: the server is built without its web page"; exit 0; }
    fail "there is no npm: install Node 20.19 or newer, https://nodejs.org"
  fi
  case ${1-} in
    '' | --if-npm) make_page ;;
    check) packages; npm run --silent --prefix "$ui" check ;;
    *) fail "unknown: $1 (--if-npm, check)" ;;
  esac
}

make_page() {
  local made_from=$ui/dist/made-from digest
  digest=$(sources | xargs sha256sum | sha256sum)
  [ "$(cat "$made_from" 2>/dev/null)" != "$digest" ] || return 0
  packages
  say "making the web page"
  npm run --silent --prefix "$ui" build
  printf '%s\n' "$digest" >"$made_from"
}

# Also outside of a repository, as in an image.
sources() { find "$ui" \( -name node_modules -o -name dist \) -prune -o -type f -print | LC_ALL=C sort; }

# What the lock file names, in exactly these versions; anew only when it has changed.
packages() {
  local lock=$ui/package-lock.json installed=$ui/node_modules/.package-lock.json
  [ ! -e "$installed" ] || [ "$lock" -nt "$installed" ] || return 0
  say "installing the packages of the web page (npm ci)"
  npm ci --silent --prefix "$ui"
  touch "$installed"
}

main "$@"
