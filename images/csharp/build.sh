#!/bin/sh
# build.sh OUTPUT SOURCE...: the program and what tells its lines, in one file.
set -eu
output=$1
shift
mcs -debug -optimize+ -r:System.Numerics -r:System.Xml.Linq -out:main.exe "$@"
tar -cf "$output" main.exe main.exe.mdb
