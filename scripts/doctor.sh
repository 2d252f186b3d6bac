#!/usr/bin/env bash
# Checks engine, images, cgroups, workspace, kernel and the service, beside the warden: it sees the engine and the workspace.
# Arguments go to `gavel doctor`.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

choose_compose || fail "no Docker Compose was found"
compose run --rm --no-deps warden doctor "$@"
