#!/bin/sh
# run.sh FILE ARGUMENT...: runs what build.sh has made.
set -eu
mkdir /tmp/program
tar -xf "$1" -C /tmp/program
shift
export PLT_COMPILED_FILE_CHECK=exists
exec racket "/tmp/program/$(cat /tmp/program/entry)" "$@"
