#!/usr/bin/env bash
# Restarts the host's Docker engine: a fault that the end-to-end tests cause where they are allowed to.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/engine.sh

if [ -d /run/systemd/system ]; then
  systemctl restart docker
else
  pid=$(cat /var/run/docker.pid)
  kill "$pid"
  for _ in $(seq "$(patience 60)"); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 1
  done
  start_dockerd
fi
wait_for_engine
