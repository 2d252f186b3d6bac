#!/usr/bin/env bash
# Makes the pictures of the web page in docs/images, of the service at GAVEL_URL (default: this checkout's).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

have npm || fail "there is no npm: install Node 20.19 or newer, https://nodejs.org"
have chromium || fail "there is no chromium: apt-get install chromium"
npm ci --silent --prefix tests/ui
mkdir -p docs/images
GAVEL_E2E_URL=$(setting GAVEL_URL "$(url)") CHROMIUM=$(command -v chromium) npm run --silent --prefix tests/ui screenshots
