#!/usr/bin/env bash
# Every test: those of the crates (the monitor's run it without Docker), then the end-to-end tests against an
# instance of their own, with its own port, data, containers and uids, which is removed afterwards.
#
#   scripts/test.sh            everything
#   scripts/test.sh unit       what needs no Docker
#   scripts/test.sh e2e        the end-to-end tests; further arguments go to cargo test
#   scripts/test.sh ui         the web page in a browser
#   scripts/test.sh languages  programs of the languages that do not come with the service: their images are built first, of
#                              which all together have 16 GB, with that of a Hydro site's compilers. Those that the disk
#                              has no room for are left out, and named
#
# The last of them restarts the engine, with everything that runs on it. That is done where these scripts have started
# the engine themselves, with CI=true, and where GAVEL_E2E_RESTART_DOCKER says how.
#
# With GAVEL_TEST_LINT=1, `everything` begins with scripts/lint.sh, while images are built.
#
# With GAVEL_E2E_URL set, `e2e` tests the service at that address instead of starting one (docs/operations.md).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/engine.sh
. scripts/service.sh

left_out=()
failed=()
unsteady=()
since_busy=0
since_idle=0

# These tests share their processors with each other and with what is built beside them.
export GAVEL_E2E_TIME_FACTOR=${GAVEL_E2E_TIME_FACTOR:-2}

# Each takes minutes of compiling: lines in traces of tests that pass, and what is optimized across crates and units. One way for all
# binaries, so that what they have in common is compiled once.
export CARGO_PROFILE_DEV_DEBUG=${CARGO_PROFILE_DEV_DEBUG:-0} CARGO_PROFILE_RELEASE_CODEGEN_UNITS=${CARGO_PROFILE_RELEASE_CODEGEN_UNITS:-16}
export CARGO_PROFILE_RELEASE_LTO=${CARGO_PROFILE_RELEASE_LTO:-off} GAVEL_SERVER_LTO=${GAVEL_SERVER_LTO:-off}

# The tag of images that wait for their tests.
AHEAD=gavel-test-ahead

# Suites that make all that they test, instances and clusters, and wait more than they work: they run beside the others.
APART="cluster descriptors faults memory"

main() {
  tools
  read -r since_busy since_idle < <(ticks)
  mkdir -p .gavel
  log=$PWD/.gavel/test.log
  : >"$log"
  trap leave EXIT
  case ${1-all} in
    all) build_ahead; unit; await_ahead; e2e; further_languages ;;
    unit) unit ;;
    e2e) e2e "${@:2}" ;;
    ui) web_page_alone ;;
    languages) further_languages ;;
    *) fail "unknown part: $1 (unit, e2e, ui, languages)" ;;
  esac
  summary
}

tools() {
  have cargo || fail "there is no cargo: install rustup, https://rustup.rs; it takes the right toolchain by itself"
  have cc || install_packages "a C compiler" gcc
  have python3 || install_packages "Python" python3
}

# It stands among what failed, too.
fail() {
  failed+=("$*")
  warn "$*"
  exit 1
}

# With the time that has passed, and how busy the processors were until then: what takes long is seen, and why.
heading() {
  local busy idle
  read -r busy idle < <(ticks)
  printf '== %s (after %d min, %d %% busy)\n' "$1" $((SECONDS / 60)) \
    $(((busy - since_busy) * 100 / (busy - since_busy + idle - since_idle + 1)))
  since_busy=$busy since_idle=$idle
}

# Of all processors since the host was started: at work, and idle or waiting for a disk (proc(5), /proc/stat).
ticks() { awk '/^cpu / { print $2 + $3 + $4 + $7 + $8, $5 + $6 }' /proc/stat; }

# tests ARGUMENTS: what fails is told in the end, so that one run shows all of it.
tests() {
  local begin
  begin=$(wc -l <"$log")
  logged cargo test --locked --no-fail-fast "$@" || run_again "$begin" "$@" || failed+=("cargo test $*")
}

# run_again LINE ARGUMENTS: the few that failed behind that line of the log, alone. Those that pass then are named in the
# end: a busy machine or a race, to be looked at, but no reason to throw an hour of other results away.
run_again() {
  local told names targets=() options=(--exact --test-threads=1) argument
  told=$(tail -n "+$(($1 + 1))" "$log")
  mapfile -t names < <(sed -n 's/^test \(.*\) \.\.\. FAILED$/\1/p' <<<"$told" | sort -u)
  [ ${#names[@]} -gt 0 ] && [ ${#names[@]} -le 3 ] && all_targets_ended "$told" || return 1
  for argument in "${@:2}"; do
    [ "$argument" != -- ] || break
    targets+=("$argument")
  done
  [[ " $* " != *' --ignored '* ]] || options+=(--ignored)
  heading "once more, alone: ${names[*]}"
  logged cargo test --locked --no-fail-fast "${targets[@]}" -- "${options[@]}" "${names[@]}" || return 1
  unsteady+=("${names[@]}")
}

# all_targets_ended OUTPUT: none of them died before it had told which of its tests failed.
all_targets_ended() {
  [ "$(grep -c '^test result: FAILED' <<<"$1")" = "$(grep -c '^error: test failed, to rerun' <<<"$1")" ]
}

# logged COMMAND: what it says is looked through in the end.
logged() { "$@" 2>&1 | tee -a "$log"; }

# Targets of whatever crate: another choice of packages has other features of their dependencies, for which all is compiled once more.
suites() { tests --workspace "$@"; }

# Further languages, while cargo waits for a linker or the network. They have a tag that no instance has: the tests before
# those of theirs find a service as it is installed.
build_ahead() {
  [ -z "${GAVEL_E2E_URL:-}" ] || return 0
  # What it exports is for instances, and unit tests know of none.
  (ensure_engine)
  heading "images are built in the background (log: .gavel/ahead.log)"
  # shellcheck disable=SC2016 # that shell expands it
  setsid env "GAVEL_TAG=$AHEAD" bash -c 'scripts/images.sh nats; scripts/images.sh "$1"' bash \
    "$default_toolchains $(further_toolchains)" >.gavel/ahead.log 2>&1 &
  ahead=$!
  # Before the server is compiled: it embeds the page.
  scripts/ui.sh --if-npm
  [ -z "${GAVEL_TEST_LINT:-}" ] || logged scripts/lint.sh || fail "scripts/lint.sh"
  logged cargo test --locked --workspace --no-run || fail "the tests do not compile"
  # The first thing that images.sh finds out. What is compiled for the service then has one crate at its end that takes one
  # processor for minutes: unit tests run beside it.
  [ "$(cat .gavel/bases 2>/dev/null)" = local ] || return 0
  setsid scripts/binaries.sh >.gavel/binaries.log 2>&1 &
  binaries=$!
}

await_ahead() {
  if [ -n "${binaries:-}" ]; then
    heading "the rest of the binaries"
    wait "$binaries" || { tail -n 30 .gavel/binaries.log >&2; fail "the binaries do not compile"; }
    binaries=
  fi
  [ -n "${ahead:-}" ] || return 0
  heading "the rest of these images"
  # What could not be built is tried again, and told, where it is needed.
  wait "$ahead" || warn "some images were not built: .gavel/ahead.log"
  ahead=
}

stop_building() {
  [ -z "${ahead:-}" ] || kill -- "-$ahead" 2>/dev/null || true
  [ -z "${binaries:-}" ] || kill -- "-$binaries" 2>/dev/null || true
  remove_ahead
}

# Only the tags: an instance that has taken up the images keeps them.
remove_ahead() {
  docker images --filter "reference=gavel/*:$AHEAD" --format '{{.Repository}}:{{.Tag}}' | xargs -r docker rmi >/dev/null || true
}

further_toolchains() {
  local name names=()
  for name in $(all_toolchains); do
    [[ " $default_toolchains " == *" $name "* ]] || names+=("$name")
  done
  printf '%s' "${names[*]}"
}

# Many of them wait for a clock: more at one time than there are processors.
unit() {
  heading "unit tests, and the monitor's without Docker"
  # shellcheck disable=SC2046 # words
  RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((2 * $(nproc)))} suites --lib --bins $(suites_of_crates)
}

# Each as `--test NAME`, but that of sandboxes, which needs Docker.
suites_of_crates() {
  local path name
  for path in {monitor,server}{,/*}/tests/{*/main.rs,*.rs}; do
    name=${path%/main.rs} name=$(basename "$name" .rs)
    [ ! -e "$path" ] || [ "$path" = server/tests/sandboxes.rs ] || printf -- '--test %s ' "$name"
  done
}

e2e() {
  heading "end-to-end tests"
  if [ -z "${GAVEL_E2E_URL:-}" ]; then
    prepare_instance
    scripts/binaries.sh monitor
    suites --test sandboxes
    start_instance
  fi
  # Who names tests wants those, and a service elsewhere is measured with nothing else at work.
  if [ $# != 0 ] || [ -z "${own_instance:-}" ]; then
    tests -p e2e "$@"
    [ $# = 0 ] || return 0
  else
    begin_apart
    # shellcheck disable=SC2046 # words
    suites $(suites_of_the_service)
  fi
  description
  web_page
  end_apart
  restart_of_the_engine
}

# Each as `--test NAME`, but those that run apart or are run by name.
suites_of_the_service() {
  local file name
  for file in tests/tests/*.rs; do
    name=$(basename "$file" .rs)
    [[ " $APART scripts proxies engine " == *" $name "* ]] || printf -- '--test %s ' "$name"
  done
}

# In a group of processes of their own, with ports and uids of their own.
begin_apart() {
  heading "beside them, what makes instances of its own (it is shown in .gavel/apart.out)"
  set -m
  (
    set +m
    log=$PWD/.gavel/apart.log left_out=() failed=() unsteady=()
    : >"$log"
    export GAVEL_E2E_PORTS=$((${GAVEL_E2E_PORTS:-5061} + 20))
    # Fetched before it is needed.
    ! have npm || browser
    # shellcheck disable=SC2046 # words
    suites $(printf -- '--test %s ' $APART)
    scripts_and_proxies
    for list in left_out failed unsteady; do
      declare -n words=$list
      printf '%s\n' "${words[@]}" >".gavel/apart.$list"
    done
  ) >.gavel/apart.out 2>&1 &
  apart=$!
  set +m
}

# Waits for them, and shows what they did.
end_apart() {
  local list ended=0
  [ -n "${apart:-}" ] || return 0
  heading "what runs apart"
  wait "$apart" || ended=$?
  apart=
  cat .gavel/apart.out
  cat .gavel/apart.log >>"$log"
  [ "$ended" = 0 ] || fail "what runs apart ended before it was done"
  for list in left_out failed unsteady; do
    declare -n words=$list
    mapfile -t -O ${#words[@]} words < <(sed '/^$/d' ".gavel/apart.$list")
  done
}

stop_apart() { [ -z "${apart:-}" ] || kill -- "-$apart" 2>/dev/null || true; }

web_page_alone() {
  if [ -z "${GAVEL_E2E_URL:-}" ]; then
    prepare_instance
    start_instance
  fi
  web_page
}

# Requests by the hundred, made from the description of the API: those that it allows and those that it does not.
description() {
  [ -n "${own_instance:-}" ] || return 0
  heading "the API, held against its description"
  local home=.gavel/schemathesis
  if ! schemathesis "$home" >.gavel/schemathesis.log 2>&1; then
    leave_out "the API against its description, for schemathesis cannot be installed (.gavel/schemathesis.log)"
    # Where each change is tested nobody reads what was left out.
    [ "${CI:-}" != true ] || failed+=("the API, held against its description: schemathesis cannot be installed")
    return 0
  fi
  push_a_problem &&
    logged "$home/bin/schemathesis" --no-color --config-file tests/openapi/schemathesis.toml run "$GAVEL_E2E_URL/openapi.json" ||
    failed+=("the API, held against its description")
}

# The web page, in the distribution's Chromium: what it complains of, such as a breach of the page's policy, fails a test.
web_page() {
  if ! have npm; then
    leave_out "the web page in a browser, for there is no npm"
    return 0
  fi
  heading "the web page"
  logged scripts/ui.sh same "$GAVEL_E2E_URL" || failed+=("the page's types, held against the API")
  browser
  CHROMIUM=$(command -v chromium) GAVEL_UI_ARTEFACTS=$PWD/.gavel/ui logged npm run --silent --prefix tests/ui test ||
    failed+=("the web page")
}

# What the tests of the page run in and with.
browser() {
  have chromium || install_packages "Chromium" chromium
  [ tests/ui/node_modules/.package-lock.json -nt tests/ui/package-lock.json ] || npm ci --silent --prefix tests/ui
}

# One to be read; any will do.
push_a_problem() {
  python3 - tests/problems/plain "$GAVEL_E2E_URL/api/v1/problems/described" <<'END'
import io, os, sys, urllib.request, zipfile
package = io.BytesIO()
with zipfile.ZipFile(package, "w") as archive:
    for name in sorted(os.listdir(sys.argv[1])):
        archive.write(os.path.join(sys.argv[1], name), name)
request = urllib.request.Request(sys.argv[2], package.getvalue(), {"Content-Type": "application/zip"}, method="PUT")
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60).close()
END
}

# schemathesis FOLDER: into an environment of its own, in the versions that were looked at.
schemathesis() {
  if ! python3 -m venv "$1"; then
    have apt-get && is_root || return 1
    install_packages "Python's environments" python3-venv
    python3 -m venv --clear "$1"
  fi
  "$1/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r tests/openapi/requirements.txt
}

further_languages() {
  local id without skipped=()
  heading "programs of further languages"
  if [ -z "${GAVEL_E2E_URL:-}" ]; then
    prepare_instance
    start_instance
  fi
  [ -z "${own_instance:-}" ] || install_further_toolchains
  without=$(languages_not_installed)
  for id in $without; do
    skipped+=(--skip "of_further_languages::${id//-/_}_" --skip "of_further_languages::in_each_dialect::${id//-/_}_")
  done
  [ -z "$without" ] || leave_out "programs of languages that are not installed: $without"
  suites --test verdicts -- --ignored of_further_languages "${skipped[@]}"
  suites --test images
  languages_of_hydro
}

# They need an instance of their own, and its images.
languages_of_hydro() {
  [ -n "${own_instance:-}" ] || return 0
  if [[ " $(built_toolchains) " == *' command-full '* ]]; then
    heading "the languages of a Hydro site"
    suites --test hydro -- --ignored
  else
    leave_out "the languages of a Hydro site: gavel/command-full is not built"
  fi
}

# Into the running service, as an operator does it. What cannot be built is an error, but for want of room on the disk.
install_further_toolchains() {
  local names without=
  names=$(further_toolchains)
  GAVEL_TOOLCHAINS_REQUIRED=1 scripts/images.sh "$names" || without=$(sort -u .gavel/no-room 2>/dev/null | xargs)
  [ "$without" = "$(not_built_of "$names")" ] || fail "some toolchains could not be built: $(not_built_of "$names")"
  [ -z "$without" ] || leave_out "these toolchains, for the disk has no room for their images: $without"
  # shellcheck disable=SC2046 # a list of names
  wait_for_toolchains $(built_toolchains)
}

# not_built_of NAMES: those of them that the instance has no image of, sorted.
not_built_of() {
  local name
  for name in $1; do
    docker image inspect "$(image "$name")" >/dev/null 2>&1 || printf '%s\n' "$name"
  done | sort | xargs
}

# Their ids, as the service tells them.
languages_not_installed() {
  python3 - "$GAVEL_E2E_URL/api/v1/languages" "${GAVEL_E2E_TOKEN:-}" <<'END'
import json, sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Authorization": f"Bearer {sys.argv[2]}"} if sys.argv[2] else {})
with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
    print(*[language["id"] for language in json.load(answer) if language["state"] == "not-installed"])
END
}

# They run this checkout's scripts, and proxies of this machine, beside the instance.
scripts_and_proxies() {
  [ -n "${own_instance:-}" ] || return 0
  heading "the scripts"
  suites --test scripts
  if have nginx && have caddy || { have apt-get && is_root; }; then
    have nginx || install_packages "nginx, to be tried as a proxy," nginx-light
    have caddy || install_packages "Caddy, to be tried as a proxy," caddy
    heading "reverse proxies"
    suites --test proxies
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
  heading "a restart of the engine"
  suites --test engine
}

# Nobody's containers but ours go down with it: the scripts have started it, or this machine is for tests alone.
may_restart_engine() {
  [ -n "${own_instance:-}" ] && [ -z "${DOCKER_HOST:-}" ] && is_root || return 1
  engine_is_ours || [ "${CI:-}" = true ]
}

prepare_instance() {
  # First of all: what looks for the engine exports the names of the instance that it finds set.
  name_instance
  ensure_engine
  scripts/images.sh
  # Of a cluster that a test makes.
  scripts/images.sh nats
}

name_instance() {
  # A tag, too, that no other instance has: its images are removed in the end.
  export COMPOSE_PROJECT_NAME=gavel-test GAVEL_INSTANCE=gavel-test GAVEL_TAG=gavel-test GAVEL_DATA=./workspace/test
  export GAVEL_PORT=${GAVEL_TEST_PORT:-5059} GAVEL_SANDBOX__UID_BASE=53000
  export GAVEL_GOJUDGE__GRPC__ENABLED=true GAVEL_GRPC_PORT=${GAVEL_TEST_GRPC_PORT:-5058}
}

start_instance() {
  scripts/purge.sh data >/dev/null 2>&1 || true
  own_instance=1
  start_service
  export GAVEL_E2E_URL GAVEL_E2E_GRPC_URL GAVEL_E2E_DOCKER=${DOCKER_HOST:-/var/run/docker.sock} GAVEL_E2E_PROJECT=$COMPOSE_PROJECT_NAME
  export GAVEL_E2E_TAG=$GAVEL_TAG
  GAVEL_E2E_URL=$(url)
  GAVEL_E2E_GRPC_URL=${GAVEL_E2E_URL%:*}:$GAVEL_GRPC_PORT
  GAVEL_E2E_DOCKER=${GAVEL_E2E_DOCKER#unix://}
}

leave() {
  local status=$?
  stop_apart
  [ -z "${own_instance:-}" ] || remove_instance "$status"
  stop_building
  [ "$status" = 0 ] || what_failed
}

remove_instance() {
  local status=$1
  if [ "$status" != 0 ]; then
    heading "the instance's logs"
    compose logs --no-color --tail 200 server warden || true
    docker ps -a --filter "label=io.gavel.instance=$GAVEL_INSTANCE" || true
  fi
  scripts/purge.sh instance >/dev/null 2>&1 || warn "the test instance could not be removed"
}

summary() {
  say "== ${failed[*]:+not }all tests passed"
  [ ${#left_out[@]} = 0 ] || printf '%s\n' "${left_out[@]}"
  [ ${#unsteady[@]} = 0 ] || printf 'failed at first, passed when run again alone: %s\n' "${unsteady[@]}"
  grep '^test result:' "$log"
  awk '/^test result:/ { passed += $4; failed += $6; ignored += $8 }
    END { printf "total: %d passed, %d failed, %d ignored\n", passed, failed, ignored }' "$log"
  say "took $((SECONDS / 60)) min"
  [ ${#failed[@]} = 0 ]
}

# The last lines of a run that failed, after all that is there for who looks closer: some see no more of it.
what_failed() {
  heading "what failed"
  printf '%s\n' "${failed[@]:-a step of this script, which said so above}"
  grep -E -A3 "${signs_of_failure[0]}" "$log" | cut -c 1-300 | tail -n 60 || true
  grep -E "${signs_of_failure[1]}" "$log" | cut -c 1-200 | sort -u | head -n 40 || true
}

# Those of cargo, with the lines that say why; and those of schemathesis and Playwright.
signs_of_failure=("^thread '.*panicked at" '^test .* FAILED$|^_+ (GET|PUT|POST|PATCH|DELETE) |^ +[0-9]+\) \[|^error')

main "$@"
