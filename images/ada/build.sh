#!/bin/sh
# build.sh OUTPUT ENTRY: compiles the entry point and what it uses. One that holds several units, of which the last is the program, is
# taken apart first; lines stay those of the source. Exceptions that nobody handles tell the calls that they came through (-Es).
set -eu
output=$1
entry=$2
units=/tmp/units
# Packages may be in folders.
ADA_INCLUDE_PATH=$(find . -mindepth 1 -type d -printf '%p:')
export ADA_INCLUDE_PATH

compile() {
  gnatmake -q -O2 -g1 -gnat2022 -D /tmp -I"$units" -I. -o "$output" "$1" -bargs -static -Es -largs -static
}

mkdir "$units"
compile "$entry" >/tmp/log 2>&1 && status=0 || status=$?
if [ "$status" != 0 ] && grep -q -e 'file can have only one compilation unit' -e '\[see file name\]' /tmp/log; then
  gnatchop -r -w -gnat2022 "$entry" "$units" >/tmp/units.log 2>&1 || { grep -F "$entry:" /tmp/units.log && exit 1; }
  compile "$(sed -n '$s/^ *//p' /tmp/units.log)"
else
  cat /tmp/log
  exit "$status"
fi
