#!/bin/sh
# build.sh OUTPUT SOURCE: the linker's notes on what a static program must not load are no student's matter.
ghc -v0 -O -rtsopts=ignore -static -optl-static -optl-Wl,--no-warnings -outputdir /tmp -o "$1" "$2" >/tmp/log 2>&1
status=$?
grep -v '/ld: .*note: the message above does not take' /tmp/log
exit $status
