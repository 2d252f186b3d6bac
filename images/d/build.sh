#!/bin/sh
# build.sh OUTPUT SOURCE...
output=$1
shift
ldc2 -O2 -g -static -od=/tmp "-of=$output" "$@" >/tmp/log 2>&1
status=$?
sed -f /usr/share/gavel/static.sed /tmp/log
exit $status
