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

# Empty directories by now. systemd removes its own slices; what it leaves is like the others.
remove_cgroups() {
  local script='for top in /host/gavel.slice /host/*/gavel.slice /host/gavel /host/*/gavel; do
    [ ! -d "$top" ] || find "$top" -depth -type d -exec rmdir {} + 2>/dev/null || true; done'
  if is_root && [ -w /sys/fs/cgroup ]; then
    (shopt -s nullglob && eval "${script//\/host//sys/fs/cgroup}")
  else
    as_root /sys/fs/cgroup "$script" || warn "empty cgroups named gavel stay below /sys/fs/cgroup until the next boot"
  fi
}

# as_root FOLDER SCRIPT: runs it in a container that sees the folder as /host.
as_root() {
  docker run --rm --network none -v "$(cd "$1" && pwd):/host" gavel/run:latest sh -c "$2"
}

remove_images() {
  local images
  images=$(docker images -q --filter reference='gavel/*' | sort -u)
  # shellcheck disable=SC2086 # a list of ids
  [ -z "$images" ] || docker rmi -f $images >/dev/null
  docker image prune -f --filter label=io.gavel.stage >/dev/null
}

main "$@"
