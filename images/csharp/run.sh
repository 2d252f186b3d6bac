#!/bin/sh
# run.sh FILE MIB: runs what build.sh has made, with a heap of so many MiB.
set -eu
tar -xf "$1" -C /tmp
export MONO_GC_PARAMS="max-heap-size=$2m"
# What overflows the stack is told by walking all of it.
# shellcheck disable=SC3045 # the shells of Debian and Ubuntu know it
ulimit -s 65536
exec mono --debug /tmp/main.exe
