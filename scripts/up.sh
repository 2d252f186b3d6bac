#!/usr/bin/env bash
# Engine, images, containers, and one program judged. Running it again is quick and changes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/engine.sh
. scripts/service.sh

ensure_engine
scripts/images.sh
start_service
judge_sample
tell_languages
