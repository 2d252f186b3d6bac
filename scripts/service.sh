# shellcheck shell=bash
# Starts the service from images that are there, waits until it is ready, and judges one program. Sourced after lib.sh.

SAMPLE='{"language":"cpp17","user":"gavel-sample","source":"#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b << \"\\n\"; }","tests":[{"stdin":"1 2\n","expected":"3\n"}],"wait":true}'

start_service() {
  local services=(server warden)
  check_mounts
  check_settings
  ! has_broker || services+=(nats)
  # And what these depend on: an image of a toolchain that could not be built is not asked for.
  compose up -d --no-build --remove-orphans "${services[@]}" ||
    fail "the containers could not be started; where a port is in use, GAVEL_PORT or GAVEL_GRPC_PORT names another"
  # Without -a newer versions leave out what does not run at the moment.
  server=$(compose ps -aq server | head -n 1)
  warden=$(compose ps -aq warden | head -n 1)
  broker=
  ! has_broker || broker=$(compose ps -aq nats | head -n 1)
  note_restarts
  wait_until_ready
  wait_for_warden
}

# Docker makes an empty directory of what is not there and is to be mounted, and the containers fail at that.
check_mounts() {
  local path
  check_files GAVEL_CONFIG_FILE GAVEL_LANGUAGES_FILE
  ! has_broker || check_files GAVEL_NATS_AUTH GAVEL_NATS_TLS
  path=$(setting GAVEL_CLUSTER_CERTIFICATES '')
  [ -z "$path" ] || [ -d "$path" ] || fail "GAVEL_CLUSTER_CERTIFICATES names $path, which is no folder"
  # An engine elsewhere has its socket elsewhere, too.
  [ -z "${DOCKER_HOST:-}" ] || return 0
  path=$(setting GAVEL_DOCKER_SOCKET /var/run/docker.sock)
  [ -S "$path" ] || fail "GAVEL_DOCKER_SOCKET names $path, which is no socket; 'docker context inspect' shows the engine's"
}

# check_files SETTING...: each that is set names a file.
check_files() {
  local variable path
  for variable; do
    path=$(setting "$variable" '')
    [ -z "$path" ] || [ -f "$path" ] || fail "$variable names $path, which is no file"
  done
}

# A service that runs is not given up for one that would not start: settings and languages are read by a container beside it.
# Older Composes write its exit status behind what it says.
check_settings() {
  local told
  [ -n "$(compose ps -q server 2>/dev/null)" ] || return 0
  ! told=$(compose run --rm --no-deps -T server config --check 2>&1 >/dev/null) || return 0
  ! grep -q '^gavel: ' <<<"$told" || told=$(last_message <<<"$told" | sed '${/^[0-9]*$/d}')
  fail "the server does not start with these settings, and the service is left as it was: $told"
}

wait_until_ready() {
  local last='' problem waited=0 limit services=(server warden)
  [ -z "${broker-}" ] || services+=(nats)
  limit=$(patience 180)
  until problem=$(request GET /readyz 2>&1); do
    stop_at_crashes
    if [ "$waited" -ge "$limit" ]; then
      warn "not ready after $waited s; the service's last words:"
      compose logs --tail 40 "${services[@]}" >&2 || true
      fail "the service did not become ready: $(reasons "$problem")"
    fi
    problem=$(reasons "$problem")
    if [ "$problem" != "$last" ] && [ $((waited % 5)) = 0 ]; then
      say "waiting until the service is ready: $problem"
      last=$problem
    fi
    waited=$((waited + 1))
    sleep 1
  done
}

# The server may be ready with the sandboxes that it has while nobody can make others.
wait_for_warden() {
  local problem waited=0
  until problem=$(docker exec "$warden" gavel healthcheck --warden 2>&1); do
    stop_at_crashes
    waited=$((waited + 1))
    [ "$waited" -lt "$(patience 30)" ] || fail "the warden does not serve: ${problem#gavel: }"
    sleep 1
  done
}

# Names the languages that are not served though they come with the service or are installed, and why. The service is ready
# with the first one that works: the self-tests of the others may still be under way.
tell_languages() {
  local troubles waited=0
  while may_be_untested && [ "$waited" -lt "$(patience 90)" ]; do
    [ "$waited" != 2 ] || say "waiting for the self-tests of the other languages"
    waited=$((waited + 1))
    sleep 1
  done
  troubles=$(troubled)
  if [ -n "$troubles" ]; then
    warn "ready, but for these languages ('gavel languages' lists all):"
    printf '%s\n' "$troubles" >&2
  elif [ "$waited" -gt 2 ]; then
    say "the others work, too"
  fi
}

# While there is no answer, some may be.
may_be_untested() {
  local names
  names=$(untested) || return 0
  [ -n "$names" ]
}

# The languages whose first self-test is still to come, as the service tells them whether it is ready or not; none where it
# tells us nothing of languages. Fails without an answer.
untested() {
  local answer is_ready=1
  answer=$(request GET /readyz 2>/dev/null) || is_ready=
  if [[ $answer == *'"untested":['* ]]; then
    sed -n 's/.*"untested":\[\([^]]*\)\].*/\1/p' <<<"$answer" | tr -d '"'
  else
    [ -n "$is_ready" ]
  fi
}

# A line for each language of the default set that is not installed, and for each that does not work.
troubled() {
  local table name names
  if ! table=$(docker exec "$server" gavel languages); then
    say "  'gavel languages' fails: which of them work is not known"
  fi
  # shellcheck disable=SC2154 # of lib.sh
  for name in $default_toolchains; do
    sed -n "s/^\([^ ]*\) .*  not installed (make toolchain $name)\$/  \1: its image gavel\/$name is not there: make toolchain $name/p" <<<"$table"
  done
  sed -n 's/^\([^ ]*\) .*  failing: \(.*\)$/  \1: \2/p' <<<"$table"
  if ! names=$(untested); then
    say "  no answer: whether all are tested is not known"
  elif [ -n "$names" ]; then
    say "  not tested yet: $names"
  fi
}

# wait_for_toolchains NAME...: until each language of these can be used, or says why it cannot.
wait_for_toolchains() {
  local waited=0 left
  say "waiting until the service has found: $*"
  until left=$(not_yet "$@") && [ -z "$left" ]; do
    waited=$((waited + 1))
    [ "$waited" -lt "$(patience 120)" ] || fail "the service has not taken up: $left; 'gavel languages' and 'make logs' say why"
    sleep 1
  done
  say "ready: $*"
}

# Those of the toolchains whose languages are still said to be installed by what has just been done.
not_yet() {
  local answer name left=()
  answer=$(request GET /api/v1/languages) || return 1
  for name; do
    [[ $answer != *"\"install\":\"make toolchain $name\""* ]] || left+=("$name")
  done
  printf '%s' "${left[*]}"
}

# Those of earlier times do not count.
note_restarts() {
  restarts_of_server=$(restarts "$server")
  restarts_of_warden=$(restarts "$warden")
  restarts_of_broker=$(restarts "$broker")
}

restarts() { docker inspect -f '{{.RestartCount}}' "$1" 2>/dev/null || echo 0; }

# A container that ends again and again says why in its last words. The warden and the broker first: the server waits for them.
stop_at_crashes() {
  [ -z "${broker-}" ] || [ $(($(restarts "$broker") - restarts_of_broker)) -lt 3 ] || fail "the broker does not start: $(last_words "$broker")"
  [ $(($(restarts "$warden") - restarts_of_warden)) -lt 3 ] || fail "the warden does not start: $(last_words "$warden")"
  [ $(($(restarts "$server") - restarts_of_server)) -lt 3 ] || fail "the server does not start: $(last_words "$server")"
}

# The error that a container ended with; else the last one that it has logged.
last_words() {
  local words
  if [ "$(docker inspect -f '{{.State.OOMKilled}}' "$1")" = true ]; then
    printf 'it was killed for want of memory (%s); ' "$([ "$1" = "${broker-}" ] && echo GAVEL_NATS_MEMORY || echo GAVEL_SERVER_MEMORY)"
  fi
  words=$(docker logs --tail 200 "$1" 2>&1 || true)
  if grep -q '^gavel: ' <<<"$words"; then
    last_message <<<"$words"
  elif grep -q '^nats-server: ' <<<"$words"; then
    grep '^nats-server: ' <<<"$words" | tail -n 1
  elif grep -q '"level":"ERROR"' <<<"$words"; then
    grep '"level":"ERROR"' <<<"$words" | tail -n 1
  else
    printf 'it says nothing; its exit status is %s' "$(docker inspect -f '{{.State.ExitCode}}' "$1")"
  fi
}

# The last message that begins with `gavel: `, of however many lines, with the operator's names of the files that are mounted.
last_message() {
  local config languages
  config=$(setting GAVEL_CONFIG_FILE /etc/gavel/gavel.toml)
  languages=$(setting GAVEL_LANGUAGES_FILE /etc/gavel/site-languages.toml)
  awk '/^gavel: / { sub(/^gavel: /, ""); message = $0; is_message = 1; next }
    /^\{/ { is_message = 0 }
    is_message && NF { message = message "\n" $0 }
    END { print message }' |
    sed -e "s#/etc/gavel/gavel\.toml#$config#g" -e "s#/etc/gavel/site-languages\.toml#$languages#g"
}

# What /readyz waits for, in words; else what it answered.
reasons() {
  local found
  found=$(printf '%s' "$1" | sed -n 's/.*"reasons":\[\([^]]*\)\].*/\1/p' | sed -e 's/","/; /g' -e 's/"//g')
  printf '%s' "${found:-${1:-no answer yet}}"
}

# Prints the sample's verdict; fails unless it is Accepted.
judge_sample() {
  local answer verdict
  say "submitting a sample: a C++ program that adds two numbers"
  answer=$(request POST /api/v1/submissions "$SAMPLE") || fail "the sample was refused: $answer"
  verdict=$(printf '%s' "$answer" | sed -n 's/.*"verdict":"\([A-Za-z]*\)".*/\1/p;q')
  [ "$verdict" = Accepted ] || fail "the sample was not accepted: $answer"
  say "verdict: $verdict"
  say "address: $(url)"
}

# request METHOD PATH [BODY]: prints the answer's body; fails unless the status is 2xx.
request() {
  local answer status token
  token=$(setting GAVEL_HTTP__TOKEN '')
  if have curl; then
    answer=$(with_curl "$@") || return 1
  else
    answer=$(with_bash "$@") || return 1
  fi
  status=${answer##*$'\n'}
  printf '%s' "${answer%$'\n'*}"
  [[ $status == 2?? ]]
}

with_curl() {
  local arguments=(-sS --max-time 90 --noproxy '*' -w '\n%{http_code}' -X "$1")
  [ -z "$token" ] || arguments+=(-H "Authorization: Bearer $token")
  [ -z "${3-}" ] || arguments+=(-H 'Content-Type: application/json' --data-binary "$3")
  curl "${arguments[@]}" "$(url)$2" 2>&1
}

# The same through bash's own sockets, for hosts without curl.
with_bash() {
  local address body=${3-} head=true line port status
  address=$(url)
  address=${address#http://}
  port=${address##*:}
  exec 3<>"/dev/tcp/${address%:*}/$port" || return 1
  printf '%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n' "$1" "$2" "$address" >&3
  [ -z "$token" ] || printf 'Authorization: Bearer %s\r\n' "$token" >&3
  printf 'Content-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' "$(printf '%s' "$body" | wc -c)" "$body" >&3
  IFS=' ' read -r -t 90 _ status _ <&3 || return 1
  while $head && IFS= read -r -t 90 line <&3; do
    [ "$line" != $'\r' ] || head=false
  done
  cat <&3
  printf '\n%s' "$status"
  exec 3>&-
}
