#!/bin/sh
# build.sh OUTPUT SOURCE...: compiles sources in the order of what they need, and links them.
set -eu
output=$1
shift
# Names have no spaces: those of OCaml's modules cannot.
# shellcheck disable=SC2046
exec ocamlopt -g -I +unix -I +str unix.cmxa str.cmxa -ccopt '-static -Wl,--no-warnings' -o "$output" $(ocamldep -sort "$@")
