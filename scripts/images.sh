#!/usr/bin/env bash
# Builds the images, each only when something that it is made from has changed. An image that another instance has, made
# from the same, gets a second tag and is not built.
#
# Where the engine reaches an image registry the bases are the official ones and all compiling is done in containers;
# else bases come from images/bootstrap.sh and the binaries from the host's cargo. GAVEL_BASES=official or =local
# decides by hand; the answer found is kept in .gavel/bases.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

main() {
  choose_builder
  choose_tag
  bases=$(which_bases)
  if [ "$bases" = local ]; then
    build_on_local_bases
  else
    build_on_official_bases
  fi
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

build_on_official_bases() {
  build run images/run images/run/Dockerfile BASE=ubuntu:24.04
  build gcc images/gcc images/gcc/Dockerfile BASE=gcc:14
  build server . images/server/Dockerfile
}

build_on_local_bases() {
  DOCKER=docker images/bootstrap.sh
  build run images/run images/run/Dockerfile BASE=gavel/base-slim:local
  build gcc images/gcc images/gcc/Dockerfile BASE=gavel/base-gcc:local
  build server . images/server/Dockerfile.prebuilt RUNTIME=gavel/base-slim:local
}

# build NAME CONTEXT DOCKERFILE [ARG=VALUE]
build() {
  local arguments=() fingerprint
  fingerprint=$(fingerprint "$@")
  [ "$(made_from "$(image "$1")")" != "$fingerprint" ] || return 0
  ! take_over "$1" "$fingerprint" || return 0
  [ "$1 $bases" != 'server local' ] || compile
  say "building $(image "$1") (log: .gavel/build-$1.log)"
  [ -z "${4-}" ] || arguments=(--build-arg "$4")
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

# Of all that the image is made from: its files, their names and modes, the base. Binaries are made from sources, so those
# count.
fingerprint() {
  local base=${4-} files=("$2")
  if [ "$1" = server ]; then
    files=(.cargo Cargo.toml Cargo.lock rust-toolchain.toml images/languages.toml images/certificates monitor server tests/Cargo.toml)
  fi
  {
    printf '%s\n' "$base" "$(docker image inspect -f '{{.Id}}' "${base#*=}" 2>/dev/null || true)"
    find "${files[@]}" "$3" -name node_modules -prune -o -type f -printf '%m %p\n' -exec sha256sum {} + | LC_ALL=C sort -u
  } 2>/dev/null | sha256sum | cut -c 1-32
}

main "$@"
