#!/bin/sh
# build.sh OUTPUT SOURCE...: assembles each source and links them. A program that begins at `main`, or calls what no source of its own
# has, gets the C library, statically; any other one is nothing but its sources.
set -eu
output=$1
shift
work=/tmp/objects
libc=/usr/lib/x86_64-linux-gnu
gcc=$(echo /usr/lib/gcc/x86_64-linux-gnu/*)

assemble() {
  number=0
  for source; do
    number=$((number + 1))
    nasm -f elf64 -g -o "$work/$number.o" "$source"
  done
  nm -gP --defined-only "$work"/*.o | cut -d ' ' -f 1 | sort -u >"$work/defined"
  nm -gP --undefined-only "$work"/*.o | cut -d ' ' -f 1 | sort -u >"$work/called"
}

defines() { grep -qx "$1" "$work/defined"; }

calls_others() { [ -n "$(comm -13 "$work/defined" "$work/called")" ]; }

# What has no code would be no file that can be executed.
alone() {
  ld -o "$output" "$work"/*.o
  if ! readelf -lW "$output" | grep -q '^ *LOAD .*E  *0x'; then
    echo "there is no code: a program begins at _start or main, in section .text" >&2
    exit 1
  fi
}

# with_libc START...: what begins the program, and makes the library ready.
with_libc() {
  exec ld -static -z noexecstack -o "$output" "$@" "$libc/crti.o" "$gcc/crtbeginT.o" "$work"/*.o \
    -L"$libc" -L"$gcc" -lm --start-group -lc -lgcc -lgcc_eh --end-group "$gcc/crtend.o" "$libc/crtn.o"
}

mkdir "$work"
assemble "$@"
if ! defines _start; then
  if defines main; then with_libc "$libc/crt1.o"; fi
elif calls_others; then
  with_libc -e gavel_start /usr/share/gavel/start.o
fi
alone
