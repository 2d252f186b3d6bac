#!/bin/sh
# Compiles sources to one static program. Headers of the system that Swift imports are read once, when the image is built, into
# /usr/share/gavel/swift.
#
#   build.sh OUTPUT ENTRY SOURCE...   the program begins at the top of ENTRY, or in the type of it that has @main
#   build.sh --prepare                reads the headers
set -eu
modules=/usr/share/gavel/swift
compile() { swiftc -O -static-executable -Xlinker -s -module-name main -module-cache-path "$modules" "$@" 2>&1; }
if [ "$1" = --prepare ]; then
  cd /tmp
  printf 'import Foundation\nprint(readLine() ?? "none", Date().timeIntervalSince1970 > 0)\n' >main.swift
  compile -o probe main.swift
  chmod -R a+rX "$modules"
  echo ok | ./probe
  rm -r probe main.swift
  exit
fi
# Prints a source for a file of another name: compiler and program tell the one that it has got, and its lines.
named() {
  printf '#sourceLocation(file: "%s", line: 1)\n' "$(printf %s "$1" | sed 's/["\\]/\\&/g')"
  sed '1s/^#!.*//' "$1"
}
output=$1
entry=$2
shift 2
options=
if grep -q '^ *@main' "$entry"; then
  options=-parse-as-library
elif [ $# -gt 1 ] && [ "$entry" != main.swift ]; then
  # Of several files only main.swift may have statements outside of functions, and no two may have one name. Lines of the copy
  # are not shown by its own numbers.
  options='-diagnostic-style llvm'
  mkdir -p /tmp/entry
  for source; do
    shift
    if [ "$source" = "$entry" ]; then
      source=/tmp/entry/main.swift
      named "$entry" >"$source"
    elif [ "${source##*/}" = main.swift ]; then
      echo "$source:1:1: error: a program of several files begins in main.swift, and here in $entry: no other may have that name"
      exit 1
    fi
    set -- "$@" "$source"
  done
fi
# shellcheck disable=SC2086 # words, or nothing
compile $options -o "$output" "$@" >/tmp/log && status=0 || status=$?
sed '/argument unused during compilation/d' /tmp/log | sed -f /usr/share/gavel/static.sed
exit "$status"
