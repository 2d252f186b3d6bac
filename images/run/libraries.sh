#!/bin/sh
# libraries.sh DIRECTORY: copies the C library with all that it loads at run time, and the time zones, below DIRECTORY, and
# notes the library's release in usr/share/gavel/libc.
set -eu

out=$1
libc=$(find /usr/lib -path '*-linux-gnu/libc.so.6' | head -n 1)
directory=$(dirname "$libc")
mkdir -p "$out$directory" "$out/usr/share/gavel"
cd "$directory"
for file in ld-linux*.so.* libc.so.* libm.so.* libmvec.so.* libdl.so.* libpthread.so.* librt.so.* libresolv.so.* \
  libutil.so.* libanl.so.* libBrokenLocale.so.* libnss_*.so.* gconv; do
  [ ! -e "$file" ] || cp -a "$file" "$out$directory/"
done
cp -a /usr/share/zoneinfo "$out/usr/share/"
"$libc" | sed -n '1s/.*release version \([0-9]*\.[0-9]*\).*/\1/p' >"$out/usr/share/gavel/libc"
[ -s "$out/usr/share/gavel/libc" ]
