#!/bin/sh
# Fails where the C library that this image is to get is older than its own: then its own programs, the shell above all,
# would not start any more.
set -eu

theirs=$(cat /usr/share/gavel/libc)
own=$("$(find /usr/lib /lib -name libc.so.6 | head -n 1)" | sed -n '1s/.*release version \([0-9]*\.[0-9]*\).*/\1/p')
if [ "$(printf '%s\n' "$own" "$theirs" | sort -V | tail -n 1)" != "$theirs" ]; then
  echo "the base of the run image has C library $own, the toolchain's is $theirs and would not do for it: take a base of" \
    "the toolchain's own distribution release or an older one (GAVEL_RUN_BASE, or BASE as a build argument)" >&2
  exit 1
fi
