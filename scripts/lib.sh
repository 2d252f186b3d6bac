# shellcheck shell=bash
# What the other scripts share: messages, settings, and the docker and compose commands that work on this host.
# Sourced; the caller has set -euo pipefail and stands in the folder of compose.yaml.

say() { printf '%s\n' "$*"; }

warn() { printf 'gavel: %s\n' "$*" >&2; }

fail() {
  warn "$*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

is_root() { [ "$(id -u)" = 0 ]; }

# setting NAME DEFAULT: from the environment, else from .env, read as Compose reads it.
setting() {
  local value=${!1-}
  if [ -z "$value" ] && [ -f .env ]; then
    value=$(tr -d '\r' <.env | sed -n "s/^[[:space:]]*\(export[[:space:]]\{1,\}\)\{0,1\}$1=[[:space:]]*//p" | tail -n 1 | bare)
  fi
  printf '%s' "${value:-$2}"
}

# A value without the quotes around it, or the comment and blanks behind it.
bare() {
  sed -e 's/^"\([^"]*\)".*$/\1/; t' -e "s/^'\([^']*\)'.*\$/\1/; t" -e 's/^#.*$//' -e 's/[[:space:]]\{1,\}#.*$//' -e 's/[[:space:]]*$//'
}

# Of the checkout.
version() { sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml; }

instance() { setting GAVEL_INSTANCE gavel; }

# The tag of the instance's images. Where none is set, each instance but the first has its own: its name. Exported, so
# that Compose finds the same one.
choose_tag() {
  local default
  default=$(instance)
  [ "$default" != gavel ] || default=latest
  GAVEL_TAG=$(setting GAVEL_TAG "$default")
  export GAVEL_TAG
}

# image NAME: the instance's.
image() { printf 'gavel/%s:%s' "$1" "$GAVEL_TAG"; }

# The toolchains that come with the service.
default_toolchains="gcc python java node"

# Those that can be built: folders with a Dockerfile and the packages of its base, but for that of a cluster's broker.
all_toolchains() {
  local folder names=()
  for folder in images/*/; do
    [ "$folder" != images/nats/ ] || continue
    [ ! -f "$folder/Dockerfile" ] || [ ! -f "$folder/packages" ] || names+=("$(basename "$folder")")
  done
  printf '%s' "${names[*]}"
}

# Those of a language: what commands of go-judge's API find beside C is built only where it is named.
toolchains_of_languages() { all_toolchains | tr ' ' '\n' | grep -vx command-full | xargs; }

# Those that come with the service, those that GAVEL_TOOLCHAINS names (or all), the image of commands where it is one of
# these, and those that the instance has already.
chosen_toolchains() {
  local chosen name
  chosen=$(setting GAVEL_TOOLCHAINS '')
  chosen=${chosen//,/ }
  [[ " $chosen " != *' all '* ]] || chosen+=" $(toolchains_of_languages)"
  chosen=" $chosen "
  chosen=${chosen// all / }
  [[ $(setting GAVEL_GOJUDGE__IMAGE '') != gavel/command-full:* ]] || chosen+=" command-full"
  for name in $(all_toolchains); do
    ! docker image inspect "$(image "$name")" >/dev/null 2>&1 || chosen+=" $name"
  done
  # shellcheck disable=SC2086 # lists of names
  printf '%s\n' $default_toolchains $chosen | awk '!seen[$0]++' | xargs
}

# A line for each shipped language: toolchain, id, name.
shipped_languages() {
  awk -F'"' '/^\[/ { id = ""; language = $1 == "[[languages]]" } language && $1 == "id = " { id = $2 } $1 == "name = " { name = $2 }
    $1 == "toolchain = " && id != "" { print $2, id, name }' images/languages.toml
}

# named_toolchains NAME...: languages may be named by their ids, too.
named_toolchains() {
  local name languages
  languages=$(shipped_languages)
  for name; do
    [[ " $(all_toolchains) " == *" $name "* ]] || name=$(awk -v id="$name" '$2 == id { print $1; found = 1 } END { if (!found) print id }' <<<"$languages")
    echo "$name"
  done | awk '!seen[$0]++' | xargs
}

# check_toolchains NAME...: fails at one that there is not.
check_toolchains() {
  local name
  for name; do
    [[ " $(all_toolchains) " == *" $name "* ]] || fail "there is no toolchain '$name'; there are: $(all_toolchains)"
  done
}

# The toolchains whose images the instance has.
built_toolchains() {
  docker images --filter "reference=gavel/*:$GAVEL_TAG" --format '{{.Repository}}' | sed -n 's,^gavel/,,p' |
    awk '!/^(server|run|nats|base-.*)$/' | sort -u | xargs
}

# A broker for several machines is a part of this instance.
has_broker() { [[ ",$(setting COMPOSE_PROFILES '')," == *,cluster,* ]]; }

url() {
  local address
  address=$(setting GAVEL_ADDRESS 127.0.0.1)
  [ "$address" != 0.0.0.0 ] || address=127.0.0.1
  printf 'http://%s:%s' "$address" "$(setting GAVEL_PORT 5050)"
}

# Without buildx only the classic builder works, and newer command lines must be told so.
choose_builder() {
  if [ -z "${DOCKER_BUILDKIT:-}" ] && ! docker buildx version >/dev/null 2>&1; then
    export DOCKER_BUILDKIT=0
  fi
}

compose() { "${compose_command[@]}" "$@"; }

# Makes `compose` mean the flavour that is installed, with the instance's images, files and settings.
choose_compose() {
  choose_tag
  choose_files
  digest_settings
  if docker compose version >/dev/null 2>&1; then
    compose_command=(docker compose)
  elif have docker-compose; then
    compose_command=(docker-compose)
  else
    return 1
  fi
}

# The port of gRPC is published where gRPC is on: what Compose reads cannot say `if`, so it stands in a file of its own.
choose_files() {
  local files
  grpc_is_on || return 0
  files=$(setting COMPOSE_FILE compose.yaml)
  [ "$files" != compose.yaml ] || [ ! -e compose.override.yaml ] || files+=:compose.override.yaml
  [[ :$files: == *:compose.grpc.yaml:* ]] || files+=:compose.grpc.yaml
  export COMPOSE_FILE=$files
}

grpc_is_on() {
  local answer
  answer=$(setting GAVEL_GOJUDGE__GRPC__ENABLED "$(setting ES_ENABLE_GRPC false)")
  [[ $answer =~ ^(1|t|T|true|True|TRUE)$ ]]
}

# Compose does not look into a file that it mounts. Its digest is a label of the containers, so that they are made anew
# after an edit.
digest_settings() {
  local file files=()
  for file in GAVEL_CONFIG_FILE GAVEL_LANGUAGES_FILE; do
    file=$(setting "$file" '')
    [ -z "$file" ] || files+=("$file")
  done
  GAVEL_SETTINGS_DIGEST=
  [ ${#files[@]} = 0 ] || GAVEL_SETTINGS_DIGEST=$(cat "${files[@]}" 2>/dev/null | sha256sum | cut -c 1-16)
  export GAVEL_SETTINGS_DIGEST
}

# Ids of the instance's sandboxes: containers that the warden made, which Compose does not know.
sandboxes() { docker ps -aq --no-trunc --filter "label=io.gavel.instance=$(instance)"; }

# Several steps wait for a host that may be slow; GAVEL_PATIENCE stretches all of them.
patience() { printf '%s' $(($1 * ${GAVEL_PATIENCE:-1})); }
