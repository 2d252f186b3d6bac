#!/usr/bin/env bash
# Builds the images, each only when something that it is made from has changed. An image that another instance has, made
# from the same, gets a second tag and is not built.
#
#   scripts/images.sh             the service's, and the toolchains of lib.sh's chosen_toolchains
#   scripts/images.sh NAME...     these toolchains alone; nats: the broker of a cluster
#
# A toolchain that cannot be built is named in the end, and keeps nothing else from being built. As many are built at one
# time as there are cores. Where the disk has no room for another, none is begun: their names are in .gavel/no-room then.
#
# Where the engine reaches an image registry the bases are the official ones and all compiling is done in containers;
# else bases come from images/bootstrap.sh and the binaries from the host's cargo. GAVEL_BASES=official or =local
# decides by hand; the answer found is kept in .gavel/bases.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

main() {
  local names
  choose_builder
  choose_tag
  bases=$(which_bases)
  read -ra names <<<"$*"
  if [ ${#names[@]} = 0 ]; then
    build_service
    ! has_broker || build_broker
    read -ra names <<<"$(chosen_toolchains)"
  fi
  if [ "${names[*]}" = nats ]; then
    build_broker
    return
  fi
  check_toolchains "${names[@]}"
  # Nothing works without the first one.
  if [[ " ${names[*]} " == *' gcc '* ]]; then build_toolchain gcc; fi
  build_others "${names[@]}"
}

build_others() {
  local name at_once failed
  at_once=$(nproc)
  [ "$at_once" -le $# ] || at_once=$#
  failed=$(mktemp)
  rm -f .gavel/no-room
  for name; do
    [ "$name" != gcc ] || continue
    while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do wait -n || true; done
    (build_toolchain "$name") || echo "$name" >>"$failed" &
  done
  wait
  name=$(sort "$failed" | xargs)
  rm -f "$failed"
  [ -z "$name" ] || not_built "$name"
}

# What was asked for by name is an error, the rest of the service can do without.
not_built() {
  warn "not built: $1 (logs: .gavel/build-NAME.log, .gavel/base-NAME.log); the service goes without"
  [ -z "${GAVEL_TOOLCHAINS_REQUIRED:-}" ] || exit 1
}

# The toolchain can be made in the room that is left: the largest language takes 3 GiB as packages, as a tree and as a layer, and
# others are made meanwhile. What is there already takes none, and without the default set there is no service.
check_room() {
  local folder left room own=3072
  [ "$1" != command-full ] || own=8192
  [[ " $default_toolchains " != *" $1 "* ]] || return 0
  [ -z "$(docker images -q "gavel/$1")" ] || return 0
  room=$(setting GAVEL_TOOLCHAIN_ROOM $((own + 3072 * (at_once - 1))))
  for folder in "$(docker info -f '{{.DockerRootDir}}')" .gavel "${TMPDIR:-/tmp}"; do
    # The engine may be elsewhere.
    [ -d "$folder" ] || continue
    left=$(df -Pm "$folder" | awk 'NR == 2 { print $4 }')
    if [ "$left" -lt "$room" ]; then
      echo "$1" >>.gavel/no-room
      fail "$1: $left MiB are left at $folder, and making its image may take $room (GAVEL_TOOLCHAIN_ROOM)"
    fi
  done
}

which_bases() {
  local answer
  mkdir -p .gavel
  answer=$(setting GAVEL_BASES "$(cat .gavel/bases 2>/dev/null || true)")
  if [ -z "$answer" ]; then
    answer=local
    ! registry_answers || answer=official
    printf '%s' "$answer" >.gavel/bases
  fi
  printf '%s' "$answer"
}

# The engine itself is asked, since it may have a proxy or a mirror of its own.
registry_answers() {
  if docker image inspect gcc:14 ubuntu:24.04 debian:bookworm-slim >/dev/null 2>&1; then
    return
  fi
  timeout "$(patience 90)" docker pull -q debian:bookworm-slim >/dev/null 2>&1
}

build_service() {
  local toolchain
  if [ "$bases" = local ]; then
    DOCKER=docker images/bootstrap.sh gcc slim || exit 1
    build run images/run images/run/Dockerfile BASE=gavel/base-slim:local TOOLCHAIN=gavel/base-gcc:local
    build server . images/server/Dockerfile.prebuilt RUNTIME=gavel/base-slim:local
  else
    toolchain=$(setting GAVEL_GCC_BASE gcc:14)
    build run images/run images/run/Dockerfile "BASE=$(setting GAVEL_RUN_BASE "$(run_base "$toolchain")")" "TOOLCHAIN=$toolchain"
    build server . images/server/Dockerfile
  fi
}

build_broker() {
  local base=gavel/base-nats:local
  if [ "$bases" = local ]; then
    DOCKER=docker images/bootstrap.sh nats || fail "the broker has no base to be made from"
  else
    base=$(setting GAVEL_NATS_BASE "$(sed -n 's/^ARG BASE=//p' images/nats/Dockerfile)")
  fi
  build nats images/nats images/nats/Dockerfile "BASE=$base"
}

# build_toolchain NAME: its base is a local one, or GAVEL_<NAME>_BASE, or what its Dockerfile says.
build_toolchain() {
  local base context=images
  check_room "$1"
  if [ "$bases" = local ]; then
    base=gavel/base-$1:local
    DOCKER=docker images/bootstrap.sh "$1" || fail "$1 has no base to be made from"
  else
    base=${1^^}
    base=$(setting "GAVEL_${base//-/_}_BASE" "$(sed -n 's/^ARG BASE=//p' "images/$1/Dockerfile")")
  fi
  [ "$1" != gcc ] || context=images/gcc
  build "$1" "$context" "images/$1/Dockerfile" "BASE=$base"
}

# run_base TOOLCHAIN: slim Ubuntu, unless the toolchain's C library, which programs' modules must be of, is older than
# Ubuntu's: then the slim image of the toolchain's own distribution release.
run_base() {
  local ubuntu=ubuntu:24.04 release
  release=$(docker run --rm --network none "$1" sh -c '. /etc/os-release && echo "$ID:$VERSION_CODENAME-slim"' 2>/dev/null || true)
  case $release in
  debian:?*) ;;
  *) release=$ubuntu ;;
  esac
  if [ "$(printf '%s\n' "$(libc_of "$ubuntu")" "$(libc_of "$1")" | sort -V | tail -n 1)" = "$(libc_of "$1")" ]; then
    release=$ubuntu
  fi
  printf '%s' "$release"
}

# The release of an image's C library.
libc_of() { docker run --rm --network none "$1" sh -c 'ldd --version' 2>/dev/null | sed -n '1s/.* //p'; }

# build NAME CONTEXT DOCKERFILE [ARG=VALUE]...
build() {
  local arguments=() fingerprint argument
  fingerprint=$(fingerprint "$@")
  [ "$(made_from "$(image "$1")")" != "$fingerprint" ] || return 0
  ! take_over "$1" "$fingerprint" || return 0
  [ "$1 $bases" != 'server local' ] || compile
  say "building $(image "$1") (log: .gavel/build-$1.log)"
  for argument in "${@:4}"; do
    arguments+=(--build-arg "$argument")
  done
  # Local bases have all that is needed.
  [ "$bases" = official ] || arguments+=(--network none)
  if ! docker build --label "io.gavel.inputs=$fingerprint" "${arguments[@]}" -t "$(image "$1")" -f "$3" "$2" \
    >".gavel/build-$1.log" 2>&1; then
    tail -n 30 ".gavel/build-$1.log" >&2
    fail "$(image "$1") could not be built"
  fi
}

# With the host's compiler, and only when the sources are others than the image was made from.
compile() {
  have cargo || fail "no image registry answers and there is no Rust toolchain (https://rustup.rs) to compile with; \
use a host that has one of them, or the archive of 'make bundle'"
  scripts/binaries.sh
}

# The fingerprint of what the image was made from.
made_from() { docker image inspect -f '{{index .Config.Labels "io.gavel.inputs"}}' "$1" 2>/dev/null || true; }

# take_over NAME FINGERPRINT: tags an image of another instance that was made from the same.
take_over() {
  local other
  other=$(docker images -q --filter "reference=gavel/$1" --filter "label=io.gavel.inputs=$2" | head -n 1)
  [ -n "$other" ] && docker tag "$other" "$(image "$1")"
}

# Of all that the image is made from: its files, their names and modes, the bases. Binaries are made from sources, so those
# count.
fingerprint() {
  local base files=("$2")
  case $2 in
  .) files=(.cargo Cargo.toml Cargo.lock rust-toolchain.toml images/languages.toml images/certificates monitor server tests/Cargo.toml) ;;
  # Many have this context, and each its own files in it.
  images) read -ra files <<<"$(copied "$3")" ;;
  esac
  {
    for base in "${@:4}"; do
      printf '%s\n' "$base" "$(docker image inspect -f '{{.Id}}' "${base#*=}" 2>/dev/null || true)"
    done
    find "${files[@]}" "$3" \( -name node_modules -o -path server/ui/dist \) -prune -o -type f -printf '%m %p\n' -exec sha256sum {} + | LC_ALL=C sort -u
  } 2>/dev/null | sha256sum | cut -c 1-32
}

# copied DOCKERFILE: what it copies from images/.
copied() { sed -n 's/^COPY \([^-].*\) [^ ]*$/\1/p' "$1" | xargs -n 1 printf 'images/%s\n' | xargs; }

main "$@"
