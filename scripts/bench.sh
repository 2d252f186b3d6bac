#!/usr/bin/env bash
# Compares runs through the service with bare runs on this machine. Arguments go to the bench.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/engine.sh
. scripts/service.sh

request GET /readyz >/dev/null 2>&1 || scripts/up.sh
GAVEL_E2E_URL=$(url) cargo bench -q --locked -p e2e -- "$@"
