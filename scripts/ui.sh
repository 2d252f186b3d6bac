#!/usr/bin/env bash
# Makes the web page, server/ui/dist, which the server's build embeds: only when something that it is made from has changed.
#
#   scripts/ui.sh              makes it
#   scripts/ui.sh --if-npm     the same where there is an npm; else says that the server goes without
#   scripts/ui.sh check        looks at its types
#   scripts/ui.sh types URL    makes src/api/schema.d.ts of the description that this service has of its API
#   scripts/ui.sh same URL     says whether that file is what it would be made
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

ui=server/ui
schema=$ui/src/api/schema.d.ts

main() {
  if ! have npm; then
    [ "${1-}" != --if-npm ] || { warn "there is no npm: the server is built without its web page"; exit 0; }
    fail "there is no npm: install Node 20.19 or newer, https://nodejs.org"
  fi
  case ${1-} in
    '' | --if-npm) make_page ;;
    check) packages; npm run --silent --prefix "$ui" check ;;
    types) types "$2" "$schema" ;;
    same) same "$2" ;;
    *) fail "unknown: $1 (--if-npm, check, types, same)" ;;
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

# types URL FILE: without what the description says in words, of which no type is made.
types() {
  packages
  npm run --silent --prefix "$ui" types -- "$1/openapi.json" -o "$(realpath "$2")" >/dev/null
  node -e '
    const { readFileSync, writeFileSync } = require("node:fs");
    const types = readFileSync(process.argv[1], "utf8").replace(/^ *\/\*\*[^]*?\*\/\n/gm, "");
    writeFileSync(process.argv[1], `/** Made by scripts/ui.sh types of the description of the API. */\n\n${types.trimStart()}`);
  ' "$2"
}

same() {
  local made
  made=$(mktemp)
  types "$1" "$made"
  cmp -s "$made" "$schema" || { rm "$made"; fail "$schema is older than the API: scripts/ui.sh types URL makes it anew"; }
  rm "$made"
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
