# shellcheck shell=bash
# A Docker engine that answers, and a Compose. Sourced after lib.sh.

ensure_engine() {
  have docker || install_packages "a Docker engine" "$(engine_packages)"
  engine_answers || start_engine
  choose_builder
  choose_compose || install_packages "Docker Compose" "$(compose_package)"
  choose_compose || fail "no Docker Compose was found: install its plugin, https://docs.docker.com/compose/install/"
}

engine_answers() { timeout 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

start_engine() {
  [ -z "${DOCKER_HOST:-}" ] || fail "no Docker engine answers at $DOCKER_HOST"
  if [ -S /var/run/docker.sock ] && [ ! -w /var/run/docker.sock ]; then
    fail "no permission for /var/run/docker.sock: be root, or join its group (sudo usermod -aG docker $(id -un)) and log in again"
  fi
  is_root || fail "no Docker engine answers: start it as root (systemctl start docker), or run this as root"
  have dockerd || install_packages "a Docker engine" "$(engine_packages)"
  if [ -d /run/systemd/system ]; then
    say "starting the Docker engine (systemctl start docker)"
    systemctl start docker || fail "systemctl start docker failed; see journalctl -u docker"
  else
    say "starting the Docker engine (dockerd; no service manager runs here; log: /var/log/dockerd.log)"
    start_dockerd
  fi
  wait_for_engine
}

start_dockerd() {
  # Files that a killed engine left behind would stop this one, should their numbers be in use again, or their dead not
  # be reaped.
  lives dockerd || rm -f /var/run/docker.pid
  lives containerd || rm -f /var/run/docker/containerd/containerd.pid
  setsid nohup dockerd >>/var/log/dockerd.log 2>&1 </dev/null &
  mkdir -p .gavel
  echo $! >.gavel/dockerd.pid
}

# The engine that runs is one that these scripts have started.
engine_is_ours() {
  [ -e .gavel/dockerd.pid ] && lives dockerd &&
    [ "$(cat .gavel/dockerd.pid)" = "$(cat /var/run/docker.pid 2>/dev/null)" ]
}

# A process of this name is there and no zombie.
lives() { ps -C "$1" -o stat= | grep -qv '^Z'; }

wait_for_engine() {
  local waited=0
  until engine_answers; do
    waited=$((waited + 1))
    [ "$waited" -lt "$(patience 60)" ] || fail "the Docker engine does not answer after $waited s; see its log"
    sleep 1
  done
}

# install_packages WHAT PACKAGES
install_packages() {
  if ! have apt-get || ! is_root; then
    fail "$1 is missing. As root on Debian or Ubuntu: apt-get install $2. Elsewhere: https://docs.docker.com/engine/install/"
  fi
  say "installing $1 ($2)"
  mkdir -p .gavel
  # shellcheck disable=SC2086 # a list of packages
  with_apt $2 9>.gavel/apt.lock || fail "apt-get could not install $2"
}

# with_apt PACKAGES: one at a time, for apt-get waits for no other.
with_apt() {
  flock 9
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Debian has split the command line from the engine since 13; iptables is only recommended by it.
engine_packages() {
  apt-get update -qq 2>/dev/null || true
  printf 'docker.io iptables ca-certificates %s' "$(compose_package)"
  ! in_archive docker-cli || printf ' docker-cli'
}

# Ubuntu names v2 docker-compose-v2, Debian 13 docker-compose; before, docker-compose is 1.29.
compose_package() {
  if in_archive docker-compose-v2; then
    printf docker-compose-v2
  else
    printf docker-compose
  fi
}

in_archive() { have apt-cache && [ -n "$(apt-cache madison "$1" 2>/dev/null)" ]; }
