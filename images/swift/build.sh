#!/bin/sh
# Compiles sources to one static program. Headers of the system that Swift imports are read once, when the image is built, into
# /usr/share/gavel/swift.
#
#   build.sh OUTPUT ENTRY SOURCE...   the program begins at the top of ENTRY, or in the type of it that has @main
#   build.sh --prepare                reads the headers
set -eu
modules=/usr/share/gavel/swift
compile() { swiftc -O -static-executable -Xlinker --no-warnings -Xlinker -s -module-name main -module-cache-path "$modules" "$@" 2>&1; }
if [ "$1" = --prepare ]; then
  cd /tmp
  printf 'import Foundation\nprint(readLine() ?? "none", Date().timeIntervalSince1970 > 0)\n' >main.swift
  compile -o probe main.swift
  chmod -R a+rX "$modules"
  echo ok | ./probe
  rm -r probe main.swift
  exit
fi
output=$1
entry=$2
shift 2
library=
if grep -q '^ *@main' "$entry"; then
  library=-parse-as-library
elif [ $# -gt 1 ] && [ "$entry" != main.swift ]; then
  # Of several files only main.swift may have statements outside of functions.
  mkdir -p /tmp/entry
  cp "$entry" /tmp/entry/main.swift
  for source; do
    shift
    [ "$source" = "$entry" ] || set -- "$@" "$source"
  done
  set -- /tmp/entry/main.swift "$@"
fi
# shellcheck disable=SC2086 # nothing, or one word
compile $library -o "$output" "$@" >/tmp/log && status=0 || status=$?
sed -e "s,^/tmp/entry/main.swift,$entry," -e '/argument unused during compilation/d' /tmp/log
exit "$status"
