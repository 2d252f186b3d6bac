#!/usr/bin/env bash
# Stops everything and keeps the data. Arguments go to `compose down`.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

choose_compose || fail "no Docker Compose was found"
compose down --remove-orphans --timeout 65 "$@"
left=$(sandboxes)
# shellcheck disable=SC2086 # a list of ids
[ -z "$left" ] || docker rm -f $left >/dev/null
