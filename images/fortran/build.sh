#!/bin/sh
# build.sh OUTPUT SOURCE...: compiles sources in an order in which each finds the modules that it uses, and links them.
set -eu
output=$1
shift
objects=/tmp/objects
mkdir -p "$objects"

compile() { # OBJECT SOURCE
  gfortran -O2 -g1 -fbacktrace -fcheck=bounds -J "$objects" -c -o "$1" "$2"
}

number=0
in_vain=0
while [ $# -gt 0 ] && [ "$in_vain" -lt $# ]; do
  number=$((number + 1))
  source=$1
  shift
  if compile "$objects/$number.o" "$source" 2>/tmp/log; then
    cat /tmp/log
    in_vain=0
  else
    in_vain=$((in_vain + 1))
    set -- "$@" "$source"
  fi
done
for source; do
  # What is wrong with no line of it is told when its code is made, which may be a compiler that was ended without a word.
  if gfortran -O2 -J "$objects" -fsyntax-only "$source" 2>/tmp/log || [ ! -s /tmp/log ]; then
    compile "$objects/0.o" "$source" 2>>/tmp/log || true
  fi
  cat /tmp/log
done
[ $# = 0 ] || exit 1
exec gfortran -static -o "$output" "$objects"/*.o
