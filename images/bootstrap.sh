#!/usr/bin/env bash
# Makes base images on a Debian or Ubuntu host that reaches no image registry, from the packages of its own mirror.
#
#   images/bootstrap.sh [NAME]...      default: slim gcc; those that are missing, or made from other packages than now
#
# Makes gavel/base-NAME:local, all of one distribution release: `slim` stands in for ubuntu:24.04 and debian:bookworm-slim,
# each other one for the base of images/NAME, from what images/NAME/packages lists. The release's essential system is
# installed once, and packages are downloaded once, into .gavel/bootstrap; several of these scripts may run at one time. One
# base that cannot be made does not keep the others from being made, and what was said is in .gavel/base-NAME.log. DOCKER
# names the docker command (default: docker).
set -euo pipefail
cd "$(dirname "$0")/.."

docker=${DOCKER:-docker}
cache=$PWD/.gavel/bootstrap
slim=libstdc++6
# No documentation, no other languages' texts; and a tree that is made into an image need not survive a power cut.
lean=(--aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Retries "3"' --aptopt='Acquire::http::Timeout "30"'
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*'
  --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-unsafe-io)

main() {
  local name missing=() failed=()
  [ $# != 0 ] || set -- gcc slim
  suite=$(label gcc suite)
  for name; do
    [ "$name" = slim ] || [ -f "images/$name/packages" ] || fail "there is no images/$name/packages"
    [ -n "$suite" ] && [ "$(label "$name" packages)" = "$(wanted "$name")" ] && [ "$(label "$name" suite)" = "$suite" ] || missing+=("$name")
  done
  [ ${#missing[@]} != 0 ] || return 0
  mkdir -p "$cache/packages"
  one_at_a_time prepare
  for name in "${missing[@]}"; do
    make_base "$name" || failed+=("$name")
  done
  [ ${#failed[@]} = 0 ] || fail "no base could be made for: ${failed[*]}"
}

# one_at_a_time FUNCTION: while no other of these scripts does the same.
one_at_a_time() {
  local lock
  exec {lock}>"$cache/lock"
  flock "$lock"
  "$1"
  exec {lock}>&-
}

prepare() {
  tools
  host
  essential
}

# label NAME KEY
label() {
  "$docker" image inspect -f "{{index .Config.Labels \"io.gavel.$2\"}}" "gavel/base-$1:local" 2>/dev/null || true
}

# What a base is made from, by commas: names of packages, and what other registries have, as npm:NAME@VERSION and
# maven:GROUP:NAME:VERSION.
wanted() {
  if [ "$1" = slim ]; then
    printf '%s' "$slim"
  else
    sed -e 's/#.*//' "images/$1/packages" | xargs | tr ' ' ,
  fi
}

# mmdebstrap, and package lists to find the mirror in.
tools() {
  command -v apt-get >/dev/null || fail "bases can be made on Debian and Ubuntu only; pull or load the images instead"
  [ -n "$(mirror_of main)" ] && command -v mmdebstrap >/dev/null && return
  if [ "$(id -u)" = 0 ]; then
    apt-get update -qq >/dev/null || fail "the host's package lists cannot be fetched: see apt-get update"
    command -v mmdebstrap >/dev/null || apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null
  fi
  command -v mmdebstrap >/dev/null || fail "mmdebstrap is missing: as root, apt-get install mmdebstrap"
}

own_release() { . /etc/os-release && echo "${VERSION_CODENAME:-}"; }

# mirror_of COMPONENT: what the host itself was installed from.
mirror_of() {
  apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v suite="$(own_release)" -v component="$1" '$1 == suite && $2 == component { print $3; exit }'
}

# Sets mirror to what the host itself was installed from, and suites to the releases to try: the one that there are bases
# of; else the host's, but Debian 12 has GCC 12 where the next release has GCC 14, as the official image.
host() {
  local own
  own=$(own_release)
  [ -n "$own" ] || fail "/etc/os-release names no VERSION_CODENAME"
  mirror=$(mirror_of main)
  [ -n "$mirror" ] || fail "the host's apt sources have no mirror of $own main"
  suites=("$own")
  # Twice, for a mirror that fails once: other releases have other compilers.
  [ "$own" != bookworm ] || suites=(trixie trixie bookworm)
  [ -z "$suite" ] || suites=("$suite")
}

# The essential system with its lists of packages, made anew after a day: lists grow old.
essential() {
  for suite in "${suites[@]}"; do
    system=$cache/$suite.tar
    [ -z "$(find "$system" -mmin -1440 2>/dev/null)" ] || return 0
    echo "installing the essential system of $suite"
    # shellcheck disable=SC2016 # mmdebstrap's own shell expands $1
    ! mmdebstrap --quiet --format=tar --variant=essential --skip=cleanup/apt/lists --include=ca-certificates "${lean[@]}" \
      --customize-hook='rm -rf "$1"/var/cache/apt/*' \
      "$suite" "$system.new" "$mirror" || { mv "$system.new" "$system" && return 0; }
    rm -f "$system.new"
    echo "bootstrap: the essential system of $suite could not be installed from $mirror" >&2
  done
  fail "the essential system could not be installed from $mirror"
}

# make_base NAME: the essential system and what is wanted; no set-uid file, no state of the package manager.
make_base() {
  local extra status=0 log=$PWD/.gavel/base-$1.log
  echo "making gavel/base-$1:local from the packages of $suite (log: .gavel/base-$1.log)"
  extra=$(mktemp -d)
  # Twice: a process that a package has started and that ends a moment too late keeps the tree from being removed.
  fill_base "$1" "$extra" 2>"$log" || fill_base "$1" "$extra" 2>"$log" || status=1
  rm -rf "$extra"
  [ "$status" = 0 ] || not_made "$1"
  return "$status"
}

# The last words of the package manager or of the engine, with the name before each line: others are made meanwhile.
not_made() {
  {
    echo "bootstrap: gavel/base-$1:local could not be made from $mirror:"
    grep -v '^I: ' ".gavel/base-$1.log" | tail -n 8 | sed "s/^/bootstrap: $1: /"
  } >&2
}

# fill_base NAME FOLDER: what does not come from the distribution is gathered in the folder.
fill_base() {
  local wanted debian=() word made
  wanted=$(wanted "$1")
  for word in ${wanted//,/ }; do
    case $word in
    npm:*) from_npm "${word#npm:}" "$2" ;;
    maven:*) from_maven "${word#maven:}" "$2" ;;
    *) debian+=("$word") ;;
    esac || return 1
  done
  # What has been read when a pipe breaks would be an image, too: it gets its name when all has gone well.
  made=$(assemble "$2" "${debian[@]}" |
    "$docker" import --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
      --change 'CMD ["bash"]' --change "LABEL io.gavel.packages=$wanted io.gavel.suite=$suite" \
      --message "essential packages of $suite and $wanted" -) || return 1
  "$docker" tag "$made" "gavel/base-$1:local"
}

# assemble FOLDER PACKAGE...: writes the tree as a tar, with what is in the folder. Packages that were downloaded before are
# linked into it, new ones out of it.
assemble() (
  export system packages=$cache/packages extra=$1
  # One that is copied from another file system has its name when it is whole: others may be reading.
  # shellcheck disable=SC2016 # mmdebstrap's own shell expands $1
  mmdebstrap --quiet --format=tar --variant=essential --skip=update,download,extract,essential,cleanup/apt "${lean[@]}" \
    --setup-hook='tar -C "$1" -xf "$system" && mkdir -p "$1/var/cache/apt/archives/partial" "$1/usr/share/man/man1"' \
    --setup-hook='{ cp -lf "$packages"/*.deb "$1/var/cache/apt/archives/" || cp "$packages"/*.deb "$1/var/cache/apt/archives/"; } 2>/dev/null || true' \
    --include="$(IFS=, && echo "${*:2}")" \
    --customize-hook='for file in "$1"/var/cache/apt/archives/*.deb; do own="$packages/${file##*/}"; [ -e "$own" ] || ln "$file" "$own" 2>/dev/null || { cp "$file" "$own.$$" && mv "$own.$$" "$own"; }; done' \
    --customize-hook='cp -R "$extra"/. "$1"/' \
    --customize-hook='find "$1" -xdev -type f -perm /6000 -exec chmod a-s {} +' \
    --customize-hook='rm -rf "$1"/var/lib/apt "$1"/var/cache/apt "$1"/var/cache/debconf/*-old "$1"/var/log/* "$1"/etc/apt/sources.list' \
    "$suite" - "$mirror"
)

# bring PROGRAM PACKAGE: onto this machine. Others may be at it for another base.
bring() {
  command -v "$1" >/dev/null && return
  [ "$(id -u)" != 0 ] || apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=600 "$2" >/dev/null
  command -v "$1" >/dev/null || fail "$1 is missing: as root, apt-get install $2"
}

# from_npm NAME@VERSION FOLDER: the package and nothing that it depends on, where Node looks for what is installed globally.
from_npm() {
  local folder=$2/usr/local/lib/node_modules/${1%@*} archive
  bring npm npm
  mkdir -p "$folder" "$cache/npm"
  archive=$(cd "$cache/npm" && npm pack --silent "$1") && tar -C "$folder" --strip-components=1 -xzf "$cache/npm/$archive"
}

# from_maven GROUP:NAME:VERSION FOLDER: the archive, below /usr/local/share/java.
from_maven() {
  bring mvn maven
  mkdir -p "$2/usr/local/share/java"
  mvn -q -B dependency:copy -Dartifact="$1" -Dmdep.stripVersion=true -DoutputDirectory="$2/usr/local/share/java"
}

fail() {
  echo "bootstrap: $*" >&2
  exit 1
}

main "$@"
