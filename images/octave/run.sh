#!/bin/sh
# run.sh ENTRY ARGUMENT...: a source that begins with a function is a file of functions to Octave, which calls the first one. Where there
# are statements beside its functions it is run as a script: where Octave does not come upon it by the name of a function.
set -eu
entry=$1
shift
if awk -f /usr/share/gavel/script.awk "$entry"; then
  script=$(mktemp -d)/script_${entry##*/}
  cp "$entry" "$script"
  entry=$script
fi
exec octave-cli -qf --no-history "$entry" "$@"
