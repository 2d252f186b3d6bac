#!/usr/bin/env bash
# Makes base images on a Debian or Ubuntu host that reaches no image registry, from the packages of its own mirror.
#
#   images/bootstrap.sh [slim] [gcc]      default: those that are missing, or made from other packages than now
#
# Makes gavel/base-slim:local (stands in for ubuntu:24.04 and debian:bookworm-slim) and gavel/base-gcc:local (stands
# in for gcc:14), both of one distribution release. DOCKER names the docker command (default: docker).
set -euo pipefail

docker=${DOCKER:-docker}
slim=libstdc++6
gcc=gcc,g++,libc6-dev,python3,tzdata,unzip

main() {
  local base bases=("$@")
  if [ ${#bases[@]} = 0 ]; then
    for base in gcc slim; do
      [ "$(label "$base" packages)" = "${!base}" ] || bases+=("$base")
    done
    # What runs must be of the release of what compiles.
    if [ "${bases[*]}" = gcc ] || [ "$(label slim suite)" != "$(label gcc suite)" ]; then
      bases=(gcc slim)
    fi
  fi
  [ ${#bases[@]} != 0 ] || return 0
  tools
  host
  for base in "${bases[@]}"; do
    "make_$base"
  done
}

# label BASE NAME
label() {
  "$docker" image inspect -f "{{index .Config.Labels \"io.gavel.$2\"}}" "gavel/base-$1:local" 2>/dev/null || true
}

# mmdebstrap, and fresh package lists to find the mirror in.
tools() {
  command -v apt-get >/dev/null || fail "bases can be made on Debian and Ubuntu only; pull or load the images instead"
  if [ "$(id -u)" = 0 ]; then
    apt-get update -qq >/dev/null || true
    command -v mmdebstrap >/dev/null || apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null
  fi
  command -v mmdebstrap >/dev/null || fail "mmdebstrap is missing: as root, apt-get install mmdebstrap"
}

# Sets suite and mirror to what the host itself was installed from.
host() {
  suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  [ -n "$suite" ] || fail "/etc/os-release names no VERSION_CODENAME"
  mirror=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v suite="$suite" '$1 == suite && $2 == "main" { print $3; exit }')
  [ -n "$mirror" ] || fail "the host's apt sources have no mirror of $suite main"
}

# Of the release that the toolchain is of.
make_slim() {
  local of_gcc
  of_gcc=$(label gcc suite)
  build slim "${of_gcc:-$suite}" "$slim"
}

# Debian 12 has GCC 12; the next release has GCC 14, as the official image that this stands in for.
make_gcc() {
  if [ "$suite" = bookworm ] && build gcc trixie "$gcc"; then
    return
  fi
  build gcc "$suite" "$gcc"
}

# build NAME SUITE PACKAGES: only essential packages and these, no documentation, no set-uid file.
build() {
  echo "making gavel/base-$1:local from the packages of $2"
  local tar
  tar=$(mktemp --suffix=.tar)
  # shellcheck disable=SC2016 # mmdebstrap's own shell expands $1
  if mmdebstrap --quiet --variant=essential --include="$3" \
    --aptopt='Acquire::Check-Valid-Until "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --customize-hook='find "$1" -xdev -type f -perm /6000 -exec chmod a-s {} +' \
    --customize-hook='rm -rf "$1"/var/lib/apt "$1"/var/cache/apt "$1"/etc/apt/sources.list' \
    "$2" "$tar" "$mirror" &&
    "$docker" import --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
      --change 'CMD ["bash"]' --change "LABEL io.gavel.packages=$3 io.gavel.suite=$2" --message "essential packages of $2 and $3" "$tar" "gavel/base-$1:local" >/dev/null; then
    rm -f "$tar"
  else
    rm -f "$tar"
    return 1
  fi
}

fail() {
  echo "bootstrap: $*" >&2
  exit 1
}

main "$@"
