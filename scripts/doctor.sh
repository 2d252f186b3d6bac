#!/usr/bin/env bash
# Checks engine, images, cgroups, workspace, kernel and the service, beside the warden: it sees the engine and the workspace.
# Arguments go to `gavel doctor`.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/service.sh

choose_compose || fail "no Docker Compose was found"
# Compose would build it, or make networks and volumes for what cannot run.
docker info >/dev/null 2>&1 || fail "no Docker engine answers: 'docker info' says why"
docker image inspect "$(image server)" >/dev/null 2>&1 ||
  fail "the engine answers; the service's image $(image server) is not there, and the checks beyond are made with it: make up"
status=0
compose run --rm --no-deps warden doctor "$@" || status=$?
# The warden's container has no network: whether clients get through to a server that runs is seen from here only.
server=$(compose ps -q server 2>/dev/null | head -n 1)
if [ -n "$server" ] && [ "$(docker inspect -f '{{.State.Running}}' "$server")" = true ] && ! request GET /healthz >/dev/null 2>&1; then
  warn "the server runs, but $(url) does not answer from this host: where others' connections have ended the engine's docker-proxy, restart the server's container; docs/operations.md says how to do without that proxy"
  status=1
fi
exit "$status"
