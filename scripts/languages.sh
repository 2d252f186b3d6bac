#!/usr/bin/env bash
# The table of docs/languages.md, from a running service:
#   scripts/languages.sh            prints it
#   scripts/languages.sh --write    puts it into the page
#   scripts/languages.sh --check    is the page's table well-formed? Needs no service.
set -euo pipefail
cd "$(dirname "$0")/.."

PAGE=docs/languages.md
BEGIN='<!-- languages: scripts/languages.sh -->'
END='<!-- /languages -->'
URL=${GAVEL_URL:-http://127.0.0.1:${GAVEL_PORT:-5050}}

fail() { echo "languages.sh: $*" >&2; exit 1; }

# One line a language; a `|` within a cell would end it.
table() {
  local auth=()
  [ -z "${GAVEL_TOKEN:-}" ] || auth=(-H "Authorization: Bearer $GAVEL_TOKEN")
  curl -fsS "${auth[@]}" "$URL/api/v1/languages" | python3 -c '
import json, sys
def cell(text): return str(text).replace("|", "\\|").replace("\n", " ")
def argv(words): return "`" + cell(" ".join(words)) + "`" if words else ""
def allowance(l):
    parts = []
    if l["time_factor"] != 1: parts.append("time × %g" % l["time_factor"])
    if l["time_extra_ms"]: parts.append("+ %g ms" % l["time_extra_ms"])
    if l["memory_extra_bytes"]: parts.append("+ %g MiB" % (l["memory_extra_bytes"] / 2**20))
    if l["processes_extra"]: parts.append("+ %d threads" % l["processes_extra"])
    return ", ".join(parts)
print("| id | name | version | compile | run | allowance |")
print("| --- | --- | --- | --- | --- | --- |")
for l in json.load(sys.stdin):
    version = l["version"] or l["state"].replace("-", " ")
    row = ["`%s`" % l["id"], cell(l["name"]), cell(version), argv(l["compile"]), argv(l["run"]), allowance(l)]
    print("| " + " | ".join(row) + " |")
'
}

between() { awk -v b="$BEGIN" -v e="$END" '$0==e{inside=0} inside; $0==b{inside=1}' "$PAGE"; }

check() {
  [ "$(grep -cxF -e "$BEGIN" "$PAGE")" = 1 ] && [ "$(grep -cxF -e "$END" "$PAGE")" = 1 ] \
    || fail "$PAGE must have one line '$BEGIN' and one '$END'"
  # Each line has six cells; an escaped bar is text.
  between | sed 's/\\|//g' | awk -F'|' 'NF && NF != 8 { print "languages.sh: not six cells: " $0 > "/dev/stderr"; bad=1 } END { exit bad }'
}

case "${1:-}" in
  '') table ;;
  --check) check ;;
  --write)
    check
    new=$(table)
    page=$(BEGIN=$BEGIN END=$END NEW=$new awk '
      $0==ENVIRON["END"] { inside=0 } !inside { print } $0==ENVIRON["BEGIN"] { inside=1; print ENVIRON["NEW"] }' "$PAGE")
    printf '%s\n' "$page" >"$PAGE"
    ;;
  *) fail "unknown argument $1; there are --write and --check" ;;
esac
