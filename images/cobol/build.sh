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
status=0
cobc -x -O2 -debug -ffold-call=UPPER -fformat=auto -o "$output" "$entry" "$@" /usr/share/gavel/quiet.o 2>cobc.log || status=$?
# That the form was found out is no news to who has written it so. The lines that follow show the source.
awk '/: note: (free|fixed) format detected$/ { shown = 3; next } shown-- > 0 && /^ +[0-9]+ [>|] / { next } { shown = 0; print }' cobc.log >&2
exit "$status"
