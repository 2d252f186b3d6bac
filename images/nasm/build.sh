#!/bin/sh
# build.sh OUTPUT SOURCE...: assembles each source and links them; the program begins at _start.
set -eu
output=$1
shift
number=0
for source; do
  number=$((number + 1))
  nasm -f elf64 -g -o "/tmp/$number.o" "$source"
done
exec ld -o "$output" /tmp/[0-9]*.o
