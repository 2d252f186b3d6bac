#!/usr/bin/env bash
# Compiles dist/gavel and dist/monitor with the host's cargo. `binaries.sh monitor` compiles the monitor alone.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

main() {
  have cargo || fail "there is no cargo: install a Rust toolchain, https://rustup.rs"
  mkdir -p dist
  say "compiling with cargo (minutes, the first time)"
  monitor
  [ "${1-}" = monitor ] || server
}

# Static, since it runs in every image. The musl target makes a smaller one, where it is installed.
monitor() {
  local host target
  host=$(rustc -vV | sed -n 's/^host: //p')
  target=${host%-gnu}-musl
  [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ] || target=$host
  RUSTFLAGS='-C target-feature=+crt-static' cargo build -q --release --locked -p gavel-monitor --target "$target"
  replace "target/$target/release/monitor" dist/monitor
}

server() {
  cargo build -q --release --locked -p gavel-server
  replace target/release/gavel dist/gavel
}

# Leaves an unchanged file alone.
replace() { cmp -s "$1" "$2" || cp "$1" "$2"; }

main "$@"
