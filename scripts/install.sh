#!/usr/bin/env bash
# Brings the service up from the images beside this script; needs a Docker engine with Compose, and no network.
# Running it again upgrades: the data in workspace/data stays. scripts/down.sh stops, scripts/purge.sh removes.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/lib.sh
. scripts/engine.sh
. scripts/service.sh

ensure_engine
say "loading the images"
docker load -q -i images.tar >/dev/null
for name in $(docker images --filter 'reference=gavel/*:bundle' --format '{{.Repository}}'); do
  docker tag "$name:bundle" "$(image "${name#gavel/}")"
  docker rmi "$name:bundle" >/dev/null
done
if [ ! -e .env ]; then
  printf '%s\n' '# Settings; docs/operations.md lists them.' "GAVEL_INSTANCE=$(instance)" "GAVEL_TAG=$GAVEL_TAG" \
    "GAVEL_ADDRESS=$(setting GAVEL_ADDRESS 127.0.0.1)" "GAVEL_PORT=$(setting GAVEL_PORT 5050)" >.env
fi
start_service
judge_sample
tell_languages
