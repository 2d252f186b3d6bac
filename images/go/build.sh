#!/bin/sh
# Compiles the package of the entry point with those that it imports from other folders, or sources of one folder without a module
# file of their own. What the standard library was compiled to when the image was built is read from /usr/share/gavel/go, and new
# results go to /tmp.
#
#   build.sh OUTPUT --entry=[FILE] FILE...    compiles
#   build.sh --prepare                        compiles the standard library, when the image is built
set -eu
export GOFLAGS=-mod=mod GO111MODULE=auto GOPROXY=off GOTOOLCHAIN=local CGO_ENABLED=0 GOTELEMETRY=off
library=/usr/share/gavel/go
if [ "$1" = --prepare ]; then
  export GOCACHE=$library HOME=/tmp
  mkdir -p "$library"
  echo 'package main
func main() { println("ok") }' >/tmp/probe.go
  go build -trimpath -ldflags='-s -w' std
  go build -trimpath -ldflags='-s -w' -o /tmp/probe /tmp/probe.go
  /tmp/probe
  rm /tmp/probe /tmp/probe.go
  # As it will be on a later day: what goes wrong then goes wrong at once.
  echo 0 >"$library/trim.txt"
  chmod -R a+rX "$library"
  exit
fi
# The cache is written, too: this compilation has one of its own, of links to what is there. Go trims one that was not trimmed for
# a day (go help cache), which would take away what is five days old, and fails where it cannot say in trim.txt that it has.
export GOCACHE=/tmp/go
cp -rs "$library" "$GOCACHE"
rm "$GOCACHE/trim.txt"
date +%s >"$GOCACHE/trim.txt"
output=$1
entry=${2#--entry=}
shift 2

folders() { for source; do dirname "$source"; done | sort -u; }

# main_folder SOURCE...: where the program begins. Names have no spaces.
# shellcheck disable=SC2046
main_folder() {
  [ -z "$entry" ] || set -- "$entry"
  set -- $(folders $(grep -lE '^[[:space:]]*package[[:space:]]+main\b' "$@"))
  case " $* " in
  "  ") fail "no source is of package main" ;;
  *" . "*) echo . ;;
  *" "*" "*" "*) fail "package main is in several folders: the entry point says which is the program" ;;
  *) echo "$1" ;;
  esac
}

fail() {
  echo "$*" >&2
  exit 1
}

[ -f go.mod ] || printf 'module main\n\ngo 1.24\n' >go.mod
# The stack of a goroutine may have two thirds of the memory, which is GOMEMLIMIT when it starts: it is copied when it grows, and
# who recurses without an end is told so before there is no memory left.
folder=$(main_folder "$@")
stack=$folder/gavel_stack.go
printf 'package main\n\nimport "runtime/debug"\n\nfunc init() { debug.SetMaxStack(int(debug.SetMemoryLimit(-1) / 3 * 2)) }\n' >"$stack"
if [ "$(folders "$@")" = "$folder" ]; then
  exec go build -trimpath -ldflags='-s -w' -o "$output" "$@" "$stack"
fi
# Sources are named in panics as they are in the box.
exec go build -trimpath '-gcflags=./...=-trimpath=/w=>.' -ldflags='-s -w' -o "$output" "./$folder"
