#!/usr/bin/env bash
# Compares runs through the service with bare runs on this machine. Arguments go to the bench:
#
#   --runs N          samples of each comparison
#   --cluster         a node of a cluster beside a machine alone, and unequal nodes; nothing else
#   --faults ROUNDS   parts of a cluster die under load, each once in a round; nothing else
#   --commands        the go-judge API alone
#   --problems        tests of problems alone
#   --languages       each installed language beside its bare toolchain alone
#   --beside URL      and another server with that API beside it
#   --soak MINUTES    a long mixed load instead; memory, descriptors and containers must stay flat
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/engine.sh
. scripts/service.sh

have wrk || install_packages "the load generator wrk" wrk
request GET /readyz >/dev/null 2>&1 || scripts/up.sh
# The soak asks the engine about the containers of this checkout's project.
labels=com.docker.compose
project=$(docker ps --filter "label=$labels.service=server" --filter "label=$labels.project.working_dir=$PWD" \
  --format "{{.Label \"$labels.project\"}}" | head -n 1)
choose_tag
export GAVEL_E2E_TAG=${GAVEL_E2E_TAG:-$GAVEL_TAG}
export GAVEL_E2E_PROJECT=${GAVEL_E2E_PROJECT:-$project} GAVEL_E2E_INSTANCE=${GAVEL_E2E_INSTANCE:-${GAVEL_INSTANCE:-gavel}}
GAVEL_E2E_URL=$(url) cargo bench -q --locked -p e2e -- "$@"
