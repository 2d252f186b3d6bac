#!/bin/sh
# build.sh OUTPUT ENTRY SOURCE...: the program begins in the first source that the compiler is given. Columns count as in
# the sources themselves: of the fixed or of the free form. Names of programs become functions of C, and `main` is taken there.
set -eu
output=$1
entry=$2
shift 2
number=$#
while [ "$number" -gt 0 ]; do
  number=$((number - 1))
  source=$1
  shift
  [ "$source" = "$entry" ] || set -- "$@" "$source"
done
exec cobc -x -O2 -debug -ffold-call=UPPER -fformat=auto -o "$output" "$entry" "$@"
