#!/usr/bin/env bash
# Every test: those of the crates (the monitor's run it without Docker), then the end-to-end tests against an
# instance of their own, with its own port, data, containers and uids, which is removed afterwards.
#
#   scripts/test.sh            everything
#   scripts/test.sh unit       what needs no Docker
#   scripts/test.sh e2e        the end-to-end tests; further arguments go to cargo test
#   scripts/test.sh languages  programs of all languages: their images are built first, which takes a while, and some 10 GB
#                              of disk; `scripts/test.sh` alone tries those that come with the service
#
# The last of them restarts the engine, with everything that runs on it. That is done where these scripts have started
# the engine themselves, with CI=true, and where GAVEL_E2E_RESTART_DOCKER says how.
#
# With GAVEL_E2E_URL set, `e2e` tests the service at that address instead of starting one (docs/operations.md).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/engine.sh
. scripts/service.sh

left_out=()

main() {
  tools
  mkdir -p .gavel
  log=$PWD/.gavel/test.log
  : >"$log"
  case ${1-all} in
    all) unit; e2e ;;
    unit) unit ;;
    e2e) e2e "${@:2}" ;;
    languages) further_languages ;;
    *) fail "unknown part: $1 (unit, e2e, languages)" ;;
  esac
  summary
}

tools() {
  have cargo || fail "there is no cargo: install rustup, https://rustup.rs; it takes the right toolchain by itself"
  have cc || install_packages "a C compiler" gcc
  have python3 || install_packages "Python" python3
}

unit() {
  say "== unit tests, and the monitor's without Docker"
  cargo test --locked --workspace --exclude e2e 2>&1 | tee -a "$log"
}

e2e() {
  say "== end-to-end tests"
  if [ -z "${GAVEL_E2E_URL:-}" ]; then
    prepare_instance
    scripts/binaries.sh monitor
    cargo test --locked -p gavel-server --test sandboxes 2>&1 | tee -a "$log"
    start_instance
  fi
  # All of them: what fails is seen at once, not one suite a run.
  cargo test --locked --no-fail-fast -p e2e "$@" 2>&1 | tee -a "$log"
  # Who names tests wants those.
  [ $# = 0 ] || return 0
  scripts_and_proxies
  restart_of_the_engine
}

further_languages() {
  say "== programs of further languages"
  if [ -z "${GAVEL_E2E_URL:-}" ]; then
    export GAVEL_TOOLCHAINS=all
    prepare_instance
    start_instance
  fi
  cargo test --locked -p e2e --test verdicts -- --ignored of_further_languages 2>&1 | tee -a "$log"
}

# They run this checkout's scripts, and proxies of this machine, beside the instance.
scripts_and_proxies() {
  [ -n "${own_instance:-}" ] || return 0
  say "== the scripts"
  cargo test --locked -p e2e --test scripts 2>&1 | tee -a "$log"
  if have nginx && have caddy || { have apt-get && is_root; }; then
    have nginx || install_packages "nginx, to be tried as a proxy," nginx-light
    have caddy || install_packages "Caddy, to be tried as a proxy," caddy
    say "== reverse proxies"
    cargo test --locked -p e2e --test proxies 2>&1 | tee -a "$log"
  else
    leave_out "reverse proxies, for nginx or Caddy is missing"
  fi
}

leave_out() { left_out+=("not tested: $1"); }

restart_of_the_engine() {
  if [ -z "${GAVEL_E2E_RESTART_DOCKER:-}" ]; then
    if ! may_restart_engine; then
      leave_out "a restart of the engine, for others may use it (GAVEL_E2E_RESTART_DOCKER, docs/operations.md)"
      return 0
    fi
    GAVEL_E2E_RESTART_DOCKER=scripts/restart-engine.sh
  fi
  # The test runs in a folder of its own.
  [ ! -e "$GAVEL_E2E_RESTART_DOCKER" ] || GAVEL_E2E_RESTART_DOCKER=$(printf %q "$(realpath "$GAVEL_E2E_RESTART_DOCKER")")
  export GAVEL_E2E_RESTART_DOCKER
  say "== a restart of the engine"
  cargo test --locked -p e2e --test engine 2>&1 | tee -a "$log"
}

# Nobody's containers but ours go down with it: the scripts have started it, or this machine is for tests alone.
may_restart_engine() {
  [ -n "${own_instance:-}" ] && [ -z "${DOCKER_HOST:-}" ] && is_root || return 1
  engine_is_ours || [ "${CI:-}" = true ]
}

prepare_instance() {
  ensure_engine
  name_instance
  scripts/images.sh
}

name_instance() {
  export COMPOSE_PROJECT_NAME=gavel-test GAVEL_INSTANCE=gavel-test GAVEL_DATA=./workspace/test
  export GAVEL_PORT=${GAVEL_TEST_PORT:-5059} GAVEL_SANDBOX__UID_BASE=53000
  export GAVEL_GOJUDGE__GRPC__ENABLED=true GAVEL_GRPC_PORT=${GAVEL_TEST_GRPC_PORT:-5058}
  # Once more, for what is set here: the tag of the images, and the port of gRPC.
  choose_compose
}

start_instance() {
  scripts/purge.sh data >/dev/null 2>&1 || true
  trap remove_instance EXIT
  start_service
  own_instance=1
  export GAVEL_E2E_URL GAVEL_E2E_GRPC_URL GAVEL_E2E_DOCKER=${DOCKER_HOST:-/var/run/docker.sock} GAVEL_E2E_PROJECT=$COMPOSE_PROJECT_NAME
  export GAVEL_E2E_TAG=$GAVEL_TAG
  GAVEL_E2E_URL=$(url)
  GAVEL_E2E_GRPC_URL=${GAVEL_E2E_URL%:*}:$GAVEL_GRPC_PORT
  GAVEL_E2E_DOCKER=${GAVEL_E2E_DOCKER#unix://}
}

remove_instance() {
  local status=$?
  if [ "$status" != 0 ]; then
    say "== the instance's logs"
    compose logs --no-color --tail 200 server warden || true
    docker ps -a --filter "label=io.gavel.instance=$GAVEL_INSTANCE" || true
  fi
  scripts/purge.sh instance >/dev/null 2>&1 || warn "the test instance could not be removed"
  return "$status"
}

summary() {
  say "== all tests passed"
  [ ${#left_out[@]} = 0 ] || printf "%s\n" "${left_out[@]}"
  grep '^test result:' "$log"
  awk '/^test result:/ { passed += $4; failed += $6; ignored += $8 }
    END { printf "total: %d passed, %d failed, %d ignored\n", passed, failed, ignored }' "$log"
}

main "$@"
