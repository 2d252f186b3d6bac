#!/bin/sh
# run.sh FILE MIB ARGUMENT...: runs what build.sh has made, with a heap of so many MiB.
set -eu
tar -xf "$1" -C /tmp
export MONO_GC_PARAMS="max-heap-size=$2m"
shift 2
# What overflows the stack is told by walking all of it. One that is to be smaller is left so.
# shellcheck disable=SC3045 # the shells of Debian and Ubuntu know it
ulimit -s 65536 2>/dev/null || true
exec mono --debug /tmp/main.exe "$@"
