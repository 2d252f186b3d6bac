#!/usr/bin/env bash
# The table of docs/languages.md, from a running service of this host, whose languages are measured for it (`make bench` says
# how), which takes some minutes with all of them and nothing else running:
#   scripts/languages.sh            prints it
#   scripts/languages.sh --write    puts it into the page
#   scripts/languages.sh --check    is the page's table well-formed, and of the languages and commands of images/languages.toml?
#                                   Needs no service.
set -euo pipefail
cd "$(dirname "$0")/.."

PAGE=docs/languages.md
BEGIN='<!-- languages: scripts/languages.sh -->'
END='<!-- /languages -->'
. scripts/lib.sh
URL=$(url)

# One line a language; a `|` within a cell would end it.
table() {
  local auth=() answer figures sizes
  [ -z "${GAVEL_TOKEN:-}" ] || auth=(-H "Authorization: Bearer $GAVEL_TOKEN")
  choose_tag
  answer=$(curl -fsS --noproxy '*' "${auth[@]}" "$URL/api/v1/languages")
  figures=$(scripts/bench.sh --languages --runs 150)
  sizes=$(docker images --filter "reference=gavel/*:$GAVEL_TAG" --format '{{.Repository}} {{.Size}}')
  ANSWER=$answer FIGURES=$figures SIZES=$sizes python3 -c '
import json, os, re
def cell(text): return str(text).replace("|", "\\|").replace("\n", " ")
def argv(words): return "`" + cell(" ".join(words)) + "`" if words else ""
def allowance(l):
    parts = []
    if l["time_factor"] != 1: parts.append("time × %g" % l["time_factor"])
    if l["time_extra_ms"]: parts.append("+ %g ms" % l["time_extra_ms"])
    if l["memory_extra_bytes"]: parts.append("+ %g MiB" % (l["memory_extra_bytes"] / 2**20))
    if l["processes_extra"]: parts.append("+ %d threads" % l["processes_extra"])
    return ", ".join(parts)
def image(id):
    entry = next((e for e in entries if "\nid = \"%s\"\n" % id in e), "")
    name = re.search("\n(?:toolchain|runtime) = \"([^\"]*)\"", entry)
    return sizes.get("gavel/" + name[1], "") if name else ""
entries = open("images/languages.toml").read().split("[[languages]]")
sizes = dict(line.split() for line in os.environ["SIZES"].splitlines())
number = r"\s+([\d.]+ ms|[\d.]+x|-)"
figures = {m[1]: m.groups()[1:] for m in re.finditer(r"^  (\S+)" + 9 * number + "$", os.environ["FIGURES"], re.M)}
print("| id | name | version | compile | run | allowance | image | start-up | compiling, of bare | of bare |")
print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
for l in json.loads(os.environ["ANSWER"]):
    version = l["version"] or l["state"].replace("-", " ")
    row = ["`%s`" % l["id"], cell(l["name"]), cell(version), argv(l["compile"]), argv(l["run"]), allowance(l)]
    measured = figures.get(l["id"])
    row += [image(l["id"])] + ([measured[4], measured[3], measured[2]] if measured else ["", "", ""])
    print("| " + " | ".join(row) + " |")
'
}

between() { awk -v b="$BEGIN" -v e="$END" '$0==e{inside=0} inside; $0==b{inside=1}' "$PAGE"; }

has_its_place() {
  [ "$(grep -cxF -e "$BEGIN" "$PAGE")" = 1 ] && [ "$(grep -cxF -e "$END" "$PAGE")" = 1 ] \
    || fail "$PAGE must have one line '$BEGIN' and one '$END'"
}

check() {
  has_its_place
  # Each line has ten cells; an escaped bar is text.
  between | sed 's/\\|//g' | awk -F'|' 'NF && NF != 12 { print "languages.sh: not ten cells: " $0 > "/dev/stderr"; bad=1 } END { exit bad }'
  diff <(shipped_commands) <(between | shown_commands) >&2 ||
    fail "$PAGE does not have the languages and commands of images/languages.toml: < is what these are, > what the page says"
}

# A line for each shipped language, by id: id, compile, run, as they stand in the table.
shipped_commands() {
  python3 -c '
import ast, re
def words(entry, key):
    found = re.search(r"\n%s = (\[(?:.|\n)*?\])\n" % key, entry)
    return "`" + " ".join(ast.literal_eval(found[1])).replace("|", "\\|").replace("\n", " ") + "`" if found else ""
entries = open("images/languages.toml").read().split("\n[[languages]]")[1:]
rows = [(re.search("\nid = \"(.*)\"", entry)[1], words(entry, "compile"), words(entry, "run")) for entry in entries]
for row in sorted(rows): print(*row, sep=" | ")
'
}

shown_commands() {
  python3 -c '
import re, sys
for line in sys.stdin.read().splitlines()[2:]:
    cells = re.split(r"(?<!\\) \| ", line.strip("| "))
    print(cells[0].strip("`"), cells[3], cells[4], sep=" | ")
'
}

case "${1:-}" in
  '') table ;;
  --check) check ;;
  --write)
    has_its_place
    new=$(table)
    page=$(BEGIN=$BEGIN END=$END NEW=$new awk '
      $0==ENVIRON["END"] { inside=0 } !inside { print } $0==ENVIRON["BEGIN"] { inside=1; print ENVIRON["NEW"] }' "$PAGE")
    printf '%s\n' "$page" >"$PAGE"
    ;;
  *) fail "unknown argument $1; there are --write and --check" ;;
esac
