#!/usr/bin/env bash
# Writes dist/gavel-<version>-<architecture>.tar.gz: images, compose file and install script, for a host with a Docker
# engine and no network.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/engine.sh

main() {
  ensure_engine
  scripts/images.sh
  local name folder
  name=gavel-$(version)-$(uname -m)
  mkdir -p dist
  folder=$(mktemp -d -p dist)
  # shellcheck disable=SC2064 # the folder's name as it is now
  trap "rm -rf '$folder'" EXIT
  mkdir -p "$folder/$name/scripts"
  without_builds <compose.yaml >"$folder/$name/compose.yaml"
  cp compose.grpc.yaml compose.hydro.yaml "$folder/$name/"
  cp scripts/{lib,engine,service,down,purge,doctor}.sh "$folder/$name/scripts/"
  cp scripts/install.sh "$folder/$name/"
  cp -R docs LICENSE "$folder/$name/"
  say "saving the images"
  save "$folder/$name/images.tar"
  say "packing"
  tar -C "$folder" -c "$name" | gzip -6 >"dist/$name.tar.gz"
  say "wrote dist/$name.tar.gz ($(du -h "dist/$name.tar.gz" | cut -f 1)); on the other host: tar xzf, then $name/install.sh"
}

# Under a tag that no instance has, so that loading them changes no instance: install.sh gives them its own.
save() {
  local images name
  choose_tag
  # shellcheck disable=SC2046 # a list of names
  read -ra images <<<"$(printf 'gavel/%s ' server run $(built_toolchains))"
  for name in "${images[@]}"; do
    docker tag "$name:$GAVEL_TAG" "$name:bundle"
  done
  docker save -o "$1" "${images[@]/%/:bundle}"
  docker rmi "${images[@]/%/:bundle}" >/dev/null
}

# The compose file without its `build` parts, whose folders the other host does not have.
without_builds() {
  awk '/^ *build:/ { match($0, /^ */); depth = RLENGTH; skip = 1; next }
    skip { match($0, /^ */); if (RLENGTH > depth) next; skip = 0 }
    { print }'
}

main "$@"
