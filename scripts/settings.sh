#!/usr/bin/env bash
# Prints docs/settings.md, made from the file of defaults; `make lint` compares.
set -euo pipefail
cd "$(dirname "$0")/.."

cat <<'PAGE'
# Settings

Made by `scripts/settings.sh` from `server/src/config/defaults.toml`; do not edit. A setting is a key of
`gavel.toml`, and an environment variable named as in the first column. Later ones win: defaults, file,
environment, flags. An unknown key or variable stops the start. `gavel config` prints the effective values.
PAGE
awk '
  /^\[/ {
    section = substr($1, 2, length($1) - 2); note = $0; sub(/^[^#]*#? */, "", note)
    printf "\n## %s\n\n%s| variable | default | |\n|---|---|---|\n", section, note == "" ? "" : toupper(substr(note, 1, 1)) substr(note, 2) ".\n\n"
    next
  }
  /^(# )?[a-z_]+ = / {
    unset = /^# /; line = $0; sub(/^# /, "", line)
    key = line; sub(/ = .*/, "", key)
    rest = line; sub(/^[a-z_]+ = /, "", rest)
    note = ""
    if (match(rest, / +# /)) { note = substr(rest, RSTART + RLENGTH); rest = substr(rest, 1, RSTART - 1) }
    name = toupper(section == "" ? key : section "__" key); gsub(/\./, "__", name)
    if (section == "" && !top++) printf "\n| variable | default | |\n|---|---|---|\n"
    printf "| `GAVEL_%s` | %s | %s |\n", name, unset ? "" : "`" rest "`", note
  }' server/src/config/defaults.toml
