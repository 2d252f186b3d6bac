#!/bin/sh
# build.sh OUTPUT SOURCE: the program begins in the source's module, whatever it is called.
module=$(sed -n "s/^>\{0,1\} *module \{1,\}\([A-Z][A-Za-z0-9_.']*\).*/\1/p" "$2" | head -n 1)
ghc -v0 -main-is "${module:-Main}" -O -rtsopts=ignore -static -optl-static -outputdir /tmp -o "$1" "$2" >/tmp/log 2>&1
status=$?
sed -f /usr/share/gavel/static.sed /tmp/log
exit $status
