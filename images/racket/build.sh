#!/bin/sh
# build.sh OUTPUT ENTRY SOURCE...: byte code of the entry point and of all that it uses, beside the sources, in one file.
set -eu
output=$1
entry=$2
shift 2
# Where in the compiler it was found out is no student's matter.
raco make -- "$entry" >/tmp/log 2>&1 || { sed '/^  \(compilation \)\{0,1\}context\.\.\.:$/,$d' /tmp/log && exit 1; }
printf '%s' "$entry" >/tmp/entry
find . -name compiled -type d >/tmp/compiled
tar -cf "$output" -C /tmp entry -C "$PWD" -T /tmp/compiled "$@"
