#!/usr/bin/env bash
# Removes the service from this host: containers, data, cgroups, images and what was built. The engine and the
# official base images stay. Files and cgroups that belong to root are removed through a container, so that a member
# of Docker's group can do it, too. `purge.sh instance` leaves the images: another instance may use them.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

main() {
  data=$(setting GAVEL_DATA ./workspace/data)
  scripts/down.sh
  remove_data
  remove_cgroups
  [ "${1-}" != instance ] || return 0
  remove_images
  rm -rf .gavel dist
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
  docker run --rm --network none -v "$(cd "$1" && pwd):/host" gavel/run:latest sh -c "$2"
}

# An image that another instance runs stays: its removal fails.
remove_images() {
  local image
  for image in $(docker images --filter reference='gavel/*' --format '{{.Repository}}:{{.Tag}}'); do
    docker rmi "$image" >/dev/null || warn "$image stays"
  done
  docker image prune -f --filter label=io.gavel.stage >/dev/null
  docker image prune -f --filter label=io.gavel.inputs >/dev/null
}

main "$@"
