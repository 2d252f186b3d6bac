#!/bin/sh
# build.sh OUTPUT SOURCE: the program begins in the source's module, whatever it is called. The linker's notes on what a
# static program must not load are no student's matter.
module=$(sed -n "s/^>\{0,1\} *module \{1,\}\([A-Z][A-Za-z0-9_.']*\).*/\1/p" "$2" | head -n 1)
ghc -v0 -main-is "${module:-Main}" -O -rtsopts=ignore -static -optl-static -optl-Wl,--no-warnings -outputdir /tmp -o "$1" "$2" >/tmp/log 2>&1
status=$?
grep -v '/ld: .*note: the message above does not take' /tmp/log
exit $status
