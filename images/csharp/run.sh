#!/bin/sh
# run.sh FILE MIB: runs what build.sh has made, with a heap of so many MiB.
set -eu
tar -xf "$1" -C /tmp
export MONO_GC_PARAMS="max-heap-size=$2m"
exec mono --debug /tmp/main.exe
