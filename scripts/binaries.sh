#!/usr/bin/env bash
# Compiles dist/gavel and dist/monitor with the host's cargo. `binaries.sh monitor` compiles the monitor alone,
# `binaries.sh ffi` the C library, dist/libgavel_ffi.so and dist/gavel.h.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

main() {
  have cargo || fail "there is no cargo: install a Rust toolchain, https://rustup.rs"
  mkdir -p dist
  built=${CARGO_TARGET_DIR:-target}
  # Its progress is for who watches it.
  quiet=(-q)
  [ ! -t 2 ] || quiet=()
  case ${1-all} in
    all) monitor; server ;;
    monitor) monitor ;;
    ffi) ffi ;;
    *) fail "unknown binary: $1 (monitor, ffi)" ;;
  esac
}

# Static, since it runs in every image. The musl target makes a smaller one, where it is installed.
monitor() {
  local host target
  say "compiling the monitor"
  host=$(rustc -vV | sed -n 's/^host: //p')
  target=${host%-gnu}-musl
  [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ] || target=$host
  RUSTFLAGS='-C target-feature=+crt-static' cargo build "${quiet[@]}" --release --locked -p gavel-monitor --target "$target"
  replace "$built/$target/release/monitor" dist/monitor
}

# GAVEL_SERVER_LTO=off: in half of the time, for tests.
server() {
  scripts/ui.sh --if-npm
  if [ "${GAVEL_SERVER_LTO:-}" = off ]; then
    say "compiling the server"
  else
    say "compiling the server: 8 minutes on two idle cores, the first time; GAVEL_SERVER_LTO=off takes half, and makes a slower one"
  fi
  CARGO_PROFILE_RELEASE_LTO=${GAVEL_SERVER_LTO:-thin} cargo build "${quiet[@]}" --release --locked -p gavel-server
  replace "$built"/release/gavel dist/gavel
}

ffi() {
  say "compiling the C library"
  cargo build "${quiet[@]}" --release --locked -p gavel-ffi
  replace "$built"/release/libgavel_ffi.so dist/libgavel_ffi.so
  replace server/ffi/include/gavel.h dist/gavel.h
}

# Leaves an unchanged file alone.
replace() { cmp -s "$1" "$2" || cp "$1" "$2"; }

main "$@"
