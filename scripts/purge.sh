#!/usr/bin/env bash
# Removes the service from this host: containers, data, cgroups, images and what was built. The engine and the
# official base images stay. Files and cgroups that belong to root are removed through a container, so that a member
# of Docker's group can do it, too.
#
#   purge.sh             all of that
#   purge.sh instance    what is the instance's: bases and what was built stay, for other instances of this checkout
#   purge.sh data        its containers, data and cgroups alone
#
# The instance is the one that GAVEL_INSTANCE, GAVEL_DATA, GAVEL_TAG and COMPOSE_PROJECT_NAME name; images of others stay.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

main() {
  local what=${1-all}
  [[ $what =~ ^(all|instance|data)$ ]] || fail "unknown part: $what (instance, data)"
  choose_tag
  data=$(setting GAVEL_DATA ./workspace/data)
  # With what a broker keeps.
  scripts/down.sh --volumes
  remove_data
  remove_cgroups
  [ "$what" != data ] || return 0
  remove_images
  [ "$what" != instance ] || return 0
  remove_bases
  rm -rf .gavel dist server/ui/dist server/ui/node_modules
}

remove_data() {
  [ -e "$data" ] || return 0
  rm -rf "$data" 2>/dev/null || as_root "$(dirname "$data")" "rm -rf '/host/$(basename "$data")'" ||
    fail "$data could not be removed; as root: rm -rf $data"
}

# Empty directories by now, of which Docker leaves those above its own. With cgroup v1 there is a tree for each
# controller. Another instance's are in use or not ours.
remove_cgroups() {
  local name slice script
  name=$(instance)
  slice=gavel-${name//-/_}.slice
  stop_slices "$slice"
  script="for root in /host /host/*; do
    for top in \$root/gavel/$name \$root/gavel.slice/$slice; do
      [ ! -d \$top ] || find \$top -depth -type d -exec rmdir {} + || true
    done
    [ ! -d \$root/gavel ] || rmdir \$root/gavel || true
    [ ! -d \$root/gavel.slice ] || rmdir \$root/gavel.slice || true
  done 2>/dev/null"
  if is_root && [ -w /sys/fs/cgroup ]; then
    bash -c "${script//\/host//sys/fs/cgroup}"
  else
    as_root /sys/fs/cgroup "$script" || warn "empty cgroups named gavel stay below /sys/fs/cgroup until the next boot"
  fi
}

# systemd keeps a slice that it was asked for, also without processes; stopping one stops those below it. The common
# parent goes when no other instance has a slice in it.
stop_slices() {
  is_root && [ -d /run/systemd/system ] && have systemctl || return 0
  systemctl stop "$1" 2>/dev/null || true
  systemctl list-units --plain --no-legend 'gavel-*.slice' | grep -q . || systemctl stop gavel.slice 2>/dev/null || true
}

# as_root FOLDER SCRIPT: runs it in a container that sees the folder as /host.
as_root() {
  docker run --rm --network none -v "$(cd "$1" && pwd):/host" "$(image run)" sh -c "$2"
}

# Only this instance's tags. What other instances have under theirs stays, and so does an image that something runs.
remove_images() {
  local name
  for name in server run $(built_toolchains); do
    [ -z "$(docker images -q "$(image "$name")")" ] || docker rmi "$(image "$name")" >/dev/null || warn "$(image "$name") stays"
  done
  docker image prune -f --filter label=io.gavel.inputs >/dev/null
}

# What images were built from, once no instance of this host has any.
remove_bases() {
  local left
  docker image prune -f --filter label=io.gavel.stage >/dev/null
  left=$(docker images --filter reference='gavel/*' --format '{{.Repository}}:{{.Tag}}')
  [ -n "$left" ] || return 0
  if grep -qv '^gavel/base-' <<<"$left"; then
    say "the bases stay: other instances have images made from them"
    return 0
  fi
  # shellcheck disable=SC2086 # a list of names
  docker rmi $left >/dev/null || warn "some of these stay: $left"
}

main "$@"
