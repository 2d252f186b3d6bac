#!/bin/sh
# Go, as /usr/bin/go: who names no cache of results has one of links to what the standard library was compiled to when the
# image was built, and new results beside them. Go would trim a cache that was not trimmed for a day (images/go/build.sh).
set -eu
if [ -z "${GOCACHE-}" ]; then
  export GOCACHE=/tmp/gavel-go
  if [ ! -d "$GOCACHE" ]; then
    cp -rs /usr/share/gavel/go "$GOCACHE"
    rm "$GOCACHE/trim.txt"
    date +%s >"$GOCACHE/trim.txt"
  fi
fi
export GOTOOLCHAIN=local GOTELEMETRY=off
exec /usr/lib/go/bin/go "$@"
