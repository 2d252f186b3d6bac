#!/bin/sh
# build.sh OUTPUT [--entry=[FILE]] SOURCE...: the program and what tells its lines, in one file.
set -eu
output=$1 entry=
shift
case $1 in --entry=*) entry=${1#--entry=} && shift ;; esac

compile() { mcs -debug -optimize+ -r:System.Numerics -r:System.Xml.Linq -out:main.exe "$@"; }

# Of several classes with Main the compiler names each with its file, and begins with the one that it is told.
beginning() {
  ours='s/^\([^(]*\)([0-9,]*): error CS0017: .*: .\(.*\)\.Main(.*/\1 \2/p'
  sed -n "$ours" /tmp/log | awk -v entry="$entry" '$1 == entry { print $2; exit }'
}

status=0
compile "$@" >/tmp/log 2>&1 || status=$?
if [ $status != 0 ] && [ -n "$entry" ] && class=$(beginning) && [ -n "$class" ]; then
  status=0
  compile "-main:$class" "$@" >/tmp/log 2>&1 || status=$?
fi
cat /tmp/log
[ $status = 0 ] || exit $status
tar -cf "$output" main.exe main.exe.mdb
