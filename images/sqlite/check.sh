#!/bin/sh
# check.sh SOURCE...: is each statement SQL? There is no schema before a test brings one, so only what is wrong with any schema is
# told: each statement is prepared in an empty database, and interrupted at its first step. Commands of the shell are left out.
statements() {
  if grep -q '^[.#]' "$1"; then awk -f /usr/share/gavel/statements.awk "$1"; else cat "$1"; fi
}
status=0
for source; do
  statements "$source" |
    sqlite3 -batch -cmd '.progress 1 --limit 1 --reset --quiet' :memory: 2>&1 >/dev/null |
    sed -n -E "s,^Parse error near line ([0-9]+): (near .*: syntax error|incomplete input|unrecognized token.*)\$,$source:\\1: \\2,p" \
      >/tmp/errors
  if [ -s /tmp/errors ]; then
    cat /tmp/errors
    status=1
  fi
done
exit $status
