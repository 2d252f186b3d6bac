#!/bin/sh
# build.sh OUTPUT SOURCE...: compiles sources in the order of what they need, and links them with the libraries that have no module of
# a source's name.
set -eu
output=$1
shift

own=" $(for source; do basename "${source%.*}"; done | tr '[:upper:]\n' '[:lower:] ') "
# Of a source that cannot be read the compiler tells. Threads need Unix, and mutexes are theirs up to OCaml 4.14.
spoken_of=" $(ocamldep -modules "$@" 2>/dev/null | sed 's/^[^:]*://' | tr '[:upper:]\n' '[:lower:] ') "
case $spoken_of in *" thread "* | *" event "* | *" mutex "* | *" condition "*) spoken_of="$spoken_of unix thread " ;; esac
libraries=

# library NAME MODULE...: linking one that no source speaks of would take as long as all the rest.
library() {
  name=$1 needed=
  shift
  for module; do
    case $own in *" $module "*) return ;; esac
    case $spoken_of in *" $module "*) needed=$name.cmxa ;; esac
  done
  libraries="$libraries $needed"
}

library unix unix unixlabels
library str str
case $own in *" unix "*) ;; *) library threads thread event ;; esac
library zarith z q big_int_z zarith_version
# Names have no spaces: those of OCaml's modules cannot. Modules may be in folders.
folders=$(for source; do printf -- '-I %s\n' "$(dirname "$source")"; done | sort -u)
# shellcheck disable=SC2046,SC2086
ocamlopt -g -I +unix -I +str -I +threads -I +zarith $folders $libraries -ccopt -static -o "$output" $(ocamldep $folders -sort "$@") >/tmp/log 2>&1 &&
  status=0 || status=$?
sed -f /usr/share/gavel/static.sed /tmp/log
exit "$status"
