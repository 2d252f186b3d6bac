#!/bin/sh
# The broker reads what its configuration names as `$GAVEL_CLUSTER__TOKEN` as a piece of that: a token such as 7e9a... would be a
# number. So it is handed on as a string in quotes, whatever is in it.
set -eu
token=${GAVEL_CLUSTER__TOKEN-}
if [ -n "$token" ]; then
  token=$(printf '%s' "$token" | sed 's/[\\"]/\\&/g')
  export GAVEL_CLUSTER__TOKEN="\"$token\""
elif grep -q '\$GAVEL_CLUSTER__TOKEN' /etc/gavel-nats/auth.conf; then
  echo "gavel: GAVEL_CLUSTER__TOKEN is not set, and the broker lets nobody in without a token, or keys of their own (GAVEL_NATS_AUTH)" >&2
  exit 1
fi
exec nats-server "$@"
